using System.Data.Common;
using Boreas.Contracts.Access;
using Boreas.Server.Access;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Audit;

/// <summary>
/// Who changed what, when and from where. An entry is written in the transaction of the change itself where the
/// endpoint calls <see cref="Audit"/>; <see cref="AuditMiddleware"/> writes the rest, and all that was refused. Bodies
/// and values never go in.
/// </summary>
public static class AuditTrail
{
    private const int MaxText = 300;

    /// <summary>Records the caller's change in the same transaction.</summary>
    /// <param name="target">What was changed: <c>app/hello</c>.</param>
    public static void Audit(this JournalTransaction transaction, Caller caller, string? target, string? detail = null)
    {
        Write(transaction, caller.Name, caller.Address, caller.Action, target, "ok", detail);
        caller.IsRecorded = true;
    }

    internal static void Write(JournalTransaction transaction, string actor, string? address, string action, string? target, string outcome, string? detail = null) =>
        transaction.Execute(
            "insert into audit (at, actor, address, action, target, outcome, detail) values (@Now, @actor, @address, @action, @target, @outcome, @detail)",
            new { transaction.Now, actor = Cut(actor), address, action = Cut(action), target = Cut(target), outcome, detail = Cut(detail) });

    internal static async Task<IReadOnlyList<AuditEntry>> ListAsync(DbConnection connection, long before, string? actor, int limit) =>
        [.. (await connection.QueryAsync<AuditRow>(
            """
            select id, at, actor, address, action, target, outcome, detail from audit
            where id < @before and (@anybody or actor = @actor) order by id desc limit @limit
            """, new { before, anybody = actor is null, actor = actor ?? "", limit }))
            .Select(r => new AuditEntry(r.Id, r.At, r.Actor, r.Address, r.Action, r.Target, r.Outcome, r.Detail))];

    private static string? Cut(string? text) => text is { Length: > MaxText } ? text[..MaxText] : text;

    private sealed class AuditRow
    {
        public long Id { get; set; }

        public DateTimeOffset At { get; set; }

        public string Actor { get; set; } = "";

        public string? Address { get; set; }

        public string Action { get; set; } = "";

        public string? Target { get; set; }

        public string Outcome { get; set; } = "";

        public string? Detail { get; set; }
    }
}

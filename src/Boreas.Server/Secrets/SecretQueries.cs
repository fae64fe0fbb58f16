using System.Data.Common;
using Boreas.Contracts.Apps;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Secrets;

internal static class SecretQueries
{
    public sealed class Row
    {
        public string AppId { get; init; } = "";

        public string Name { get; init; } = "";

        public int Version { get; init; }

        public string? Value { get; init; }

        public bool IsCurrent { get; init; }

        public DateTimeOffset UpdatedAt { get; init; }

        public string UpdatedBy { get; init; } = "";

        public SecretInfo ToInfo() => new(AppId, Name, UpdatedAt, UpdatedBy, Version);
    }

    /// <summary>All values that there are of an app's secrets, of every version.</summary>
    public static IReadOnlyList<Row> Values(DbConnection connection, string appId) =>
        [.. connection.Query<Row>("select app_id, name, version, value, is_current from secret_versions where app_id = @appId and value is not null", new { appId })];

    /// <summary>The secrets that apps have now, without their values.</summary>
    public static IReadOnlyList<Row> Current(DbConnection connection, IEnumerable<string> appIds) =>
        [.. connection.Query<Row>("select app_id, name, version, updated_at, updated_by from secret_versions where app_id in @appIds and is_current order by app_id, name", new { appIds = new SqlList<string>(appIds) })];

    /// <summary>A new version; those before it stay.</summary>
    public static void Put(JournalTransaction transaction, string appId, string name, string value, string by)
    {
        Delete(transaction, appId, name);
        transaction.Execute(
            """
            insert into secret_versions (app_id, name, version, value, is_current, updated_at, updated_by)
            select @appId, @name, coalesce(max(version), 0) + 1, @value, @current, @Now, @by from secret_versions where app_id = @appId and name = @name
            """, new { appId, name, value, current = true, transaction.Now, by });
    }

    /// <summary>The app has it no more; its values stay for the releases that run with them.</summary>
    /// <returns>Whether it had it.</returns>
    public static bool Delete(JournalTransaction transaction, string appId, string name) =>
        transaction.Execute("update secret_versions set is_current = @no where app_id = @appId and name = @name and is_current", new { no = false, appId, name }) > 0;

    /// <summary>Deletes the values too, of all versions.</summary>
    /// <returns>How many there were.</returns>
    public static int DeleteEverywhere(JournalTransaction transaction, string appId, string name)
    {
        Delete(transaction, appId, name);
        return transaction.Execute("update secret_versions set value = null where app_id = @appId and name = @name and value is not null", new { appId, name });
    }

    /// <summary>Versions that an app does not have any more and whose values are there still.</summary>
    public static IReadOnlyList<Row> Old(DbConnection connection) =>
        [.. connection.Query<Row>("select app_id, name, version from secret_versions where not is_current and value is not null")];

    public static void DeleteValue(JournalTransaction transaction, Row old) =>
        transaction.Execute("update secret_versions set value = null where app_id = @AppId and name = @Name and version = @Version and not is_current", new { old.AppId, old.Name, old.Version });
}

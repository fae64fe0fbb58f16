using System.Data.Common;
using Boreas.Contracts.Apps;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Secrets;

internal static class SecretQueries
{
    public sealed class Row
    {
        public string AppId { get; set; } = "";

        public string Name { get; set; } = "";

        public string Value { get; set; } = "";

        public DateTimeOffset UpdatedAt { get; set; }

        public string UpdatedBy { get; set; } = "";

        public SecretInfo ToInfo() => new(AppId, Name, UpdatedAt, UpdatedBy);
    }

    public static IReadOnlyList<Row> OfApp(DbConnection connection, string appId) =>
        [.. connection.Query<Row>("select app_id, name, value, updated_at, updated_by from secrets where app_id = @appId order by name", new { appId })];

    public static IReadOnlyList<Row> Names(DbConnection connection, IEnumerable<string> appIds) =>
        [.. connection.Query<Row>("select app_id, name, updated_at, updated_by from secrets where app_id in @appIds order by app_id, name", new { appIds = new SqlList<string>(appIds) })];

    public static long Count(DbConnection connection, string appId) =>
        connection.ExecuteScalar<long>("select count(*) from secrets where app_id = @appId", new { appId });

    public static void Put(JournalTransaction transaction, string appId, string name, string value, string by) =>
        transaction.Execute(
            """
            insert into secrets (app_id, name, value, updated_at, updated_by) values (@appId, @name, @value, @Now, @by)
            on conflict (app_id, name) do update set value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by
            """, new { appId, name, value, transaction.Now, by });

    public static bool Delete(JournalTransaction transaction, string appId, string name) =>
        transaction.Execute("delete from secrets where app_id = @appId and name = @name", new { appId, name }) > 0;
}

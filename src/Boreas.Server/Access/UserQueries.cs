using System.Data.Common;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Access;

internal static class UserQueries
{
    private const string Select = "select id, name, password_hash, stamp, admin, disabled, created_at from users ";

    public static Task<UserRow?> FindAsync(DbConnection connection, string id) =>
        connection.QueryFirstOrDefaultAsync<UserRow>(Select + "where id = @id", new { id });

    public static Task<UserRow?> FindByNameAsync(DbConnection connection, string name) =>
        connection.QueryFirstOrDefaultAsync<UserRow>(Select + "where name = @name", new { name });

    public static IReadOnlyList<UserRow> FindByNames(DbConnection connection, IEnumerable<string> names) =>
        [.. connection.Query<UserRow>(Select + "where name in @names order by name", new { names = new SqlList<string>(names) })];

    public static UserRow? Find(DbConnection connection, string id) => connection.QueryFirstOrDefault<UserRow>(Select + "where id = @id", new { id });

    public static async Task<IReadOnlyList<UserRow>> ListAsync(DbConnection connection, string? after, int limit) =>
        [.. await connection.QueryAsync<UserRow>(Select + "where id > @after order by id limit @limit", new { after = after ?? "", limit })];

    public static async Task<IReadOnlyList<MembershipRow>> MembershipsAsync(DbConnection connection, IEnumerable<string> userIds) =>
        [.. await connection.QueryAsync<MembershipRow>("select user_id, project, role from memberships where user_id in @userIds", new { userIds = new SqlList<string>(userIds) })];

    public static IReadOnlyList<MembershipRow> Memberships(DbConnection connection, string userId) =>
        [.. connection.Query<MembershipRow>("select user_id, project, role from memberships where user_id = @userId", new { userId })];

    public static bool NameIsTaken(DbConnection connection, string name, string exceptId) =>
        connection.ExecuteScalar<long>("select count(*) from users where name = @name and id <> @exceptId", new { name, exceptId }) > 0;

    public static bool Any(DbConnection connection) => connection.ExecuteScalar<long>("select count(*) from users") > 0;

    public static bool AnyOtherAdministrator(DbConnection connection, string id) =>
        connection.ExecuteScalar<long>("select count(*) from users where admin and not disabled and id <> @id", new { id }) > 0;

    public static void Insert(JournalTransaction transaction, UserRow user) =>
        transaction.Execute(
            """
            insert into users (id, name, password_hash, stamp, admin, disabled, created_at)
            values (@Id, @Name, @PasswordHash, @Stamp, @Admin, @Disabled, @CreatedAt)
            """, user);

    public static void Update(JournalTransaction transaction, UserRow user) =>
        transaction.Execute("update users set name = @Name, password_hash = @PasswordHash, stamp = @Stamp, admin = @Admin, disabled = @Disabled where id = @Id", user);

    public static void SetMemberships(JournalTransaction transaction, string userId, IReadOnlyDictionary<string, Contracts.Access.Role> projects)
    {
        transaction.Execute("delete from memberships where user_id = @userId", new { userId });
        foreach (var (project, role) in projects)
            transaction.Execute("insert into memberships (user_id, project, role) values (@userId, @project, @role)", new { userId, project, role = (int)role });
    }

    public static void EndSession(JournalTransaction transaction, string sessionId)
    {
        transaction.Execute("delete from ended_sessions where ended_at < @before", new { before = transaction.Now - (SessionCookie.Lifetime * 2) });
        transaction.Execute("insert into ended_sessions (id, ended_at) values (@sessionId, @Now) on conflict (id) do nothing", new { sessionId, transaction.Now });
    }

    public static async Task<bool> SessionHasEndedAsync(DbConnection connection, string sessionId) =>
        await connection.ExecuteScalarAsync<long>("select count(*) from ended_sessions where id = @sessionId", new { sessionId }) > 0;
}

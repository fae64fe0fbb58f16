using System.Data.Common;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Access;

internal static class TokenQueries
{
    private const string Select =
        """
        select t.id, t.hash, t.name, t.kind, t.owner_id, u.name as owner_name, t.maker_id, t.role, t.project, t.created_at, t.expires_at, t.last_used_at, t.revoked
        from tokens t left join users u on u.id = t.owner_id
        """;

    public static Task<TokenRow?> FindByHashAsync(DbConnection connection, string hash) =>
        connection.QueryFirstOrDefaultAsync<TokenRow>(Select + " where t.hash = @hash", new { hash });

    public static TokenRow? Find(DbConnection connection, string id) => connection.QueryFirstOrDefault<TokenRow>(Select + " where t.id = @id", new { id });

    /// <summary>Tokens of one owner, or of everybody; newest names last, by id.</summary>
    public static async Task<IReadOnlyList<TokenRow>> ListAsync(DbConnection connection, string? ownerId, string? after, int limit) =>
        [.. await connection.QueryAsync<TokenRow>(
            Select + " where t.id > @after and (@everybody or t.owner_id = @ownerId) order by t.id limit @limit",
            new { after = after ?? "", everybody = ownerId is null, ownerId = ownerId ?? "", limit })];

    public static void Insert(JournalTransaction transaction, TokenRow token) =>
        transaction.Execute(
            """
            insert into tokens (id, hash, name, kind, owner_id, maker_id, role, project, created_at, expires_at, revoked)
            values (@Id, @Hash, @Name, @Kind, @OwnerId, @MakerId, @Role, @Project, @CreatedAt, @ExpiresAt, @Revoked)
            """, token);

    public static void Delete(JournalTransaction transaction, string id) => transaction.Execute("delete from tokens where id = @id", new { id });

    /// <summary>Ends a token and all that were made with it.</summary>
    public static void Revoke(JournalTransaction transaction, string id) =>
        transaction.Execute(
            """
            with recursive ended (id) as (
                select id from tokens where id = @id
                union
                select t.id from tokens t join ended e on t.maker_id = e.id
            )
            update tokens set revoked = true where id in (select id from ended)
            """, new { id });

    public static void Used(JournalTransaction transaction, string id) =>
        transaction.Execute("update tokens set last_used_at = @Now where id = @id", new { id, transaction.Now });
}

using System.Data.Common;
using Boreas.Contracts.Access;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Access;

/// <summary>The SQL of groups. Their names are theirs for good, because rules name them by it; users are kept by id, and may be renamed.</summary>
internal static class GroupQueries
{
    public static async Task<IReadOnlyList<Group>> ListAsync(DbConnection connection, string? after, int limit)
    {
        List<GroupRow> groups = [.. await connection.QueryAsync<GroupRow>("select name, created_at from user_groups where name > @after order by name limit @limit", new { after = after ?? "", limit })];
        var members = (await connection.QueryAsync<MemberRow>(Members, new { groups = new SqlList<string>(groups.Select(g => g.Name)) })).ToLookup(m => m.GroupName, StringComparer.Ordinal);
        return [.. groups.Select(g => g.ToGroup(members[g.Name]))];
    }

    public static Group? Find(DbConnection connection, string name) =>
        connection.QueryFirstOrDefault<GroupRow>("select name, created_at from user_groups where name = @name", new { name })
            ?.ToGroup(connection.Query<MemberRow>(Members, new { groups = new SqlList<string>([name]) }));

    /// <summary>The groups that the user is in.</summary>
    public static IReadOnlyList<string> Of(DbConnection connection, string userId) =>
        [.. connection.Query<string>("select m.group_name from group_members m join users u on u.id = m.user_id where u.id = @userId and not u.disabled", new { userId })];

    /// <summary>Those of <paramref name="names"/> that are no groups.</summary>
    public static IReadOnlyList<string> Unknown(DbConnection connection, IReadOnlyList<string> names) =>
        [.. names.Except(connection.Query<string>("select name from user_groups where name in @names", new { names = new SqlList<string>(names) }), StringComparer.Ordinal)];

    /// <summary>Who of the groups may confirm in each of the projects, by group and project.</summary>
    public static async Task<ILookup<(string Group, string Project), string>> WhoMayConfirmAsync(DbConnection connection, IEnumerable<string> groups, IReadOnlyCollection<string> projects)
    {
        var rows = await connection.QueryAsync<ConfirmerRow>(
            """
            select m.group_name, u.name, u.admin, p.project from group_members m
            join users u on u.id = m.user_id and not u.disabled
            left join memberships p on p.user_id = u.id and p.role >= @developer and p.project in @projects
            where m.group_name in @groups and (u.admin or p.project is not null) order by u.name
            """, new { groups = new SqlList<string>(groups), projects = new SqlList<string>(projects), developer = (int)Role.Developer });
        return rows.SelectMany(row => row.Admin ? projects.Select(project => (row, project)) : [(row, row.Project!)])
            .DistinctBy(found => (found.row.GroupName, found.project, found.row.Name))
            .ToLookup(found => (found.row.GroupName, found.project), found => found.row.Name);
    }

    public static void Insert(JournalTransaction transaction, string name) =>
        transaction.Execute("insert into user_groups (name, created_at) values (@name, @Now)", new { name, transaction.Now });

    public static void Add(JournalTransaction transaction, string name, string userId) =>
        transaction.Execute("insert into group_members (group_name, user_id) values (@name, @userId) on conflict (group_name, user_id) do nothing", new { name, userId });

    public static void Remove(JournalTransaction transaction, string name, string userId) =>
        transaction.Execute("delete from group_members where group_name = @name and user_id = @userId", new { name, userId });

    public static void Delete(JournalTransaction transaction, string name) => transaction.Execute("delete from user_groups where name = @name", new { name });

    private const string Members = "select m.group_name, u.name, u.disabled from group_members m join users u on u.id = m.user_id where m.group_name in @groups order by u.name";

    private sealed class GroupRow
    {
        public string Name { get; set; } = "";

        public DateTimeOffset CreatedAt { get; set; }

        public Group ToGroup(IEnumerable<MemberRow> members) => new(Name, [.. members.Select(m => new GroupMember(m.Name, m.Disabled))], CreatedAt);
    }

    private sealed class MemberRow
    {
        public string GroupName { get; set; } = "";

        public string Name { get; set; } = "";

        public bool Disabled { get; set; }
    }

    private sealed class ConfirmerRow
    {
        public string GroupName { get; set; } = "";

        public string Name { get; set; } = "";

        public bool Admin { get; set; }

        public string? Project { get; set; }
    }
}

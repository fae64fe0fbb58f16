using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Server.Audit;
using Boreas.Server.Deployments;
using Boreas.Server.Environments;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Access;

/// <summary>Groups belong to the installation, as users do. Being in one gives no role: it counts where a rule names the group.</summary>
internal static class GroupsApi
{
    private const int MaxMembers = 200;

    public static void MapGroups(this IEndpointRouteBuilder app)
    {
        var group = app.MapApi("/api/v1/groups", "Access").RequireAuthorization(Policies.Administrator);
        group.MapGet("", ListAsync).WithName("ListGroups").WithSummary("All groups with their members");
        group.MapPost("", CreateAsync).WithName("CreateGroup").WithSummary("A new group of users");
        group.MapGet("/{name}", GetAsync).WithName("GetGroup").WithSummary("One group with its members");
        group.MapDelete("/{name}", DeleteAsync).WithName("DeleteGroup").WithSummary("Forget a group that neither an environment's rule names nor that of a deployment under way");
        group.MapPut("/{name}/members/{user}", AddAsync).WithName("AddGroupMember").WithSummary("Take a user, by name, into a group");
        group.MapDelete("/{name}/members/{user}", RemoveAsync).WithName("RemoveGroupMember").WithSummary("Take a user out of a group: what they confirmed stays, and they confirm no more");
    }

    private static async Task<Ok<Page<Group>>> ListAsync(Database database, CancellationToken cancellationToken, string? cursor = null, int? limit = null)
    {
        var size = Paging.Limit(limit);
        await using var connection = await database.OpenAsync(cancellationToken);
        return TypedResults.Ok(Paging.Page(await GroupQueries.ListAsync(connection, cursor, size + 1), size, g => g.Name));
    }

    private static async Task<Ok<Group>> GetAsync(string name, Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return TypedResults.Ok(GroupQueries.Find(connection, name) ?? throw RequestRefusedException.NotFound("group", name));
    }

    private static async Task<Created<Group>> CreateAsync(GroupInput input, Caller caller, Journal journal, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var name = fields.Required<Slug>("name", input.Name).Value ?? "";
        IReadOnlyList<string> members = [.. (input.Members ?? []).Distinct(StringComparer.Ordinal)];
        if (members.Count > MaxMembers) fields.Refuse("members", $"must be at most {MaxMembers}");
        fields.ThrowIfAny();
        var created = await journal.WriteAsync(transaction =>
        {
            if (GroupQueries.Find(transaction.Connection, name) is not null)
                throw RequestRefusedException.Conflict(ProblemCodes.AlreadyExists, $"There is a group '{name}' already.", "Choose another name.");
            var users = UserQueries.FindByNames(transaction.Connection, members);
            if (users.Count < members.Count)
                throw RequestRefusedException.Invalid([.. members.Except(users.Select(u => u.Name), StringComparer.Ordinal).Select(user => new FieldProblem("members", $"names '{user}', and there is no such user"))]);
            GroupQueries.Insert(transaction, name);
            foreach (var user in users) GroupQueries.Add(transaction, name, user.Id);
            transaction.Audit(caller, "group/" + name, string.Join(", ", users.Select(u => u.Name)));
            return GroupQueries.Find(transaction.Connection, name)!;
        }, cancellationToken);
        return TypedResults.Created("/api/v1/groups/" + name, created);
    }

    private static async Task<Ok<Group>> AddAsync(string name, string user, Caller caller, Journal journal, CancellationToken cancellationToken)
    {
        var changed = await journal.WriteAsync(transaction =>
        {
            var group = Demand(transaction, name);
            var row = UserQueries.FindByNames(transaction.Connection, [user]) is [var found] ? found : throw RequestRefusedException.NotFound("user", user);
            if (group.Members.Count >= MaxMembers && group.Members.All(m => m.Name != user)) throw RequestRefusedException.Conflict(ProblemCodes.StateConflict, $"The group '{name}' has {MaxMembers} members, and cannot have more.", "Make a second group, and name both in the rule.");
            GroupQueries.Add(transaction, name, row.Id);
            transaction.Audit(caller, $"group/{name}/{row.Name}");
            return GroupQueries.Find(transaction.Connection, name)!;
        }, cancellationToken);
        return TypedResults.Ok(changed);
    }

    private static async Task<NoContent> RemoveAsync(string name, string user, Caller caller, Journal journal, CancellationToken cancellationToken)
    {
        await journal.WriteAsync(transaction =>
        {
            var group = Demand(transaction, name);
            if (group.Members.All(m => m.Name != user) || UserQueries.FindByNames(transaction.Connection, [user]) is not [var row])
                throw RequestRefusedException.NotFound($"member of the group '{name}'", user);
            GroupQueries.Remove(transaction, name, row.Id);
            transaction.Audit(caller, $"group/{name}/{row.Name}");
        }, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DeleteAsync(string name, Caller caller, Journal journal, CancellationToken cancellationToken)
    {
        await journal.WriteAsync(transaction =>
        {
            Demand(transaction, name);
            if (EnvironmentQueries.ThatNameGroup(transaction.Connection, name) is { Count: > 0 } environments)
                throw RequestRefusedException.Conflict(ProblemCodes.StateConflict, $"The group '{name}' may confirm in {string.Join(", ", environments)}.", "Take it out of the rules there first.");
            if (DeploymentQueries.ThatNameGroup(transaction.Connection, name) is { Count: > 0 } deployments)
                throw RequestRefusedException.Conflict(ProblemCodes.StateConflict, $"The group '{name}' may confirm what is under way: {string.Join(", ", deployments)}.", "Wait until that has ended, or cancel it.");
            GroupQueries.Delete(transaction, name);
            transaction.Audit(caller, "group/" + name);
        }, cancellationToken);
        return TypedResults.NoContent();
    }

    private static Group Demand(JournalTransaction transaction, string name) => GroupQueries.Find(transaction.Connection, name) ?? throw RequestRefusedException.NotFound("group", name);
}

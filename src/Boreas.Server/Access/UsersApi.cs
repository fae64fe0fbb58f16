using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Server.Audit;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Access;

/// <summary>Users are disabled and never deleted: what they did stays theirs.</summary>
internal static class UsersApi
{
    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        var group = app.MapApi("/api/v1/users", "Access").RequireAuthorization(Policies.Administrator);
        group.MapGet("", ListAsync).WithName("ListUsers").WithSummary("All users");
        group.MapPost("", CreateAsync).WithName("CreateUser").WithSummary("A new user with a password and roles");
        group.MapGet("/{id}", GetAsync).WithName("GetUser").WithSummary("One user");
        group.MapPut("/{id}", UpdateAsync).WithName("UpdateUser").WithSummary("Change a user; what is left out stays");
    }

    private static async Task<Ok<Page<User>>> ListAsync(Database database, CancellationToken cancellationToken, string? cursor = null, int? limit = null)
    {
        var page = Paging.Limit(limit);
        await using var connection = await database.OpenAsync(cancellationToken);
        var users = await UserQueries.ListAsync(connection, cursor, page + 1);
        var memberships = await UserQueries.MembershipsAsync(connection, users.Select(u => u.Id));
        return TypedResults.Ok(Paging.Page([.. users.Select(u => u.ToUser(memberships))], page, u => u.Id));
    }

    private static async Task<Ok<User>> GetAsync(string id, Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var user = await UserQueries.FindAsync(connection, id) ?? throw RequestRefusedException.NotFound("user", id);
        return TypedResults.Ok(user.ToUser(await UserQueries.MembershipsAsync(connection, [id])));
    }

    private static async Task<Created<User>> CreateAsync(UserInput input, Caller caller, Journal journal, Passwords passwords, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        UserName.Check(fields, "name", input.Name);
        Passwords.Check(fields, "password", input.Password);
        CheckProjects(fields, input);
        fields.ThrowIfAny();
        var (id, hash, stamp) = (Ids.New("user"), passwords.Hash(input.Password!), Ids.New("stamp"));
        var created = await journal.WriteAsync(transaction =>
        {
            DemandFreeName(transaction, input.Name!, id);
            var row = new UserRow { Id = id, Name = input.Name!, PasswordHash = hash, Stamp = stamp, Admin = input.Admin ?? false, Disabled = input.Disabled ?? false, CreatedAt = transaction.Now };
            UserQueries.Insert(transaction, row);
            if (input.Projects is not null) UserQueries.SetMemberships(transaction, id, input.Projects);
            transaction.Audit(caller, "user/" + row.Name);
            return row.ToUser(UserQueries.Memberships(transaction.Connection, id));
        }, cancellationToken);
        return TypedResults.Created("/api/v1/users/" + id, created);
    }

    private static async Task<Ok<User>> UpdateAsync(string id, UserInput input, Caller caller, Journal journal, Passwords passwords, Identities identities, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        if (input.Name is not null) UserName.Check(fields, "name", input.Name);
        if (input.Password is not null) Passwords.Check(fields, "password", input.Password);
        CheckProjects(fields, input);
        fields.ThrowIfAny();
        var (hash, stamp) = (input.Password is null ? null : passwords.Hash(input.Password), Ids.New("stamp"));
        var changed = await journal.WriteAsync(transaction =>
        {
            var row = UserQueries.Find(transaction.Connection, id) ?? throw RequestRefusedException.NotFound("user", id);
            if (input.Name is not null) DemandFreeName(transaction, input.Name, id);
            row.Name = input.Name ?? row.Name;
            row.Admin = input.Admin ?? row.Admin;
            row.Disabled = input.Disabled ?? row.Disabled;
            if (hash is not null) (row.PasswordHash, row.Stamp) = (hash, stamp);
            if ((!row.Admin || row.Disabled) && !UserQueries.AnyOtherAdministrator(transaction.Connection, id))
                throw RequestRefusedException.Conflict(ProblemCodes.StateConflict, "This is the last administrator.", "Make somebody else an administrator first.");
            UserQueries.Update(transaction, row);
            if (input.Projects is not null) UserQueries.SetMemberships(transaction, id, input.Projects);
            transaction.Audit(caller, "user/" + row.Name);
            return row.ToUser(UserQueries.Memberships(transaction.Connection, id));
        }, cancellationToken);
        identities.Forget();
        return TypedResults.Ok(changed);
    }

    private static void CheckProjects(Fields fields, UserInput input)
    {
        foreach (var project in input.Projects?.Keys ?? []) fields.Required<Slug>("projects." + project, project);
    }

    private static void DemandFreeName(JournalTransaction transaction, string name, string id)
    {
        if (UserQueries.NameIsTaken(transaction.Connection, name, id)) throw RequestRefusedException.Conflict(ProblemCodes.AlreadyExists, $"There is a user '{name}' already.", "Choose another name.");
    }
}

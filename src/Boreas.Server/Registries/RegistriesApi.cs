using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Engine.Images;
using Boreas.Server.Access;
using Boreas.Server.Apps;
using Boreas.Server.Audit;
using Boreas.Server.Environments;
using Boreas.Server.Problems;
using Boreas.Server.Secrets;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Registries;

internal static class RegistriesApi
{
    private const int MaxPassword = 16 * 1024;

    public static void MapRegistries(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/v1/registries", "Registries");
        group.MapGet("", ListAsync).RequireAuthorization(Policies.Viewer).WithName("ListRegistries").WithSummary("Registries of your projects");
        group.MapPost("", CreateAsync).RequireAuthorization(Policies.Admin).WithName("CreateRegistry").WithSummary("A new registry");
        group.MapGet("/{name}", GetAsync).RequireAuthorization(Policies.Viewer).WithName("GetRegistry").WithSummary("One registry, with its ETag");
        group.MapPut("/{name}", ReplaceAsync).RequireAuthorization(Policies.Admin).WithName("ReplaceRegistry").WithSummary("Set a registry; a password that is left out stays while host and user do");
        group.MapDelete("/{name}", DeleteAsync).RequireAuthorization(Policies.Admin).WithName("DeleteRegistry").WithSummary("Forget a registry that no app uses");
    }

    private static async Task<Ok<Page<Registry>>> ListAsync(Caller caller, Database database, CancellationToken cancellationToken, string? cursor = null, int? limit = null)
    {
        var size = Paging.Limit(limit);
        await using var connection = await database.OpenAsync(cancellationToken);
        return TypedResults.Ok(Paging.Page(await RegistryQueries.ListAsync(connection, caller, cursor, size + 1), size, r => r.Name));
    }

    private static async Task<Ok<Registry>> GetAsync(string name, Caller caller, Database database, HttpContext context)
    {
        await using var connection = await database.OpenAsync(context.RequestAborted);
        var row = RegistryQueries.DemandRow(connection, caller, name, Role.Viewer);
        context.Response.Headers.ETag = ETags.Of(row.Version, row.CreatedAt);
        return TypedResults.Ok(row.ToRegistry());
    }

    private static async Task<Created<Registry>> CreateAsync(RegistryInput input, Caller caller, Journal journal, SecretBox box, ServerOptions options, HttpContext context)
    {
        var fields = new Fields();
        var name = fields.Required<Slug>("name", input.Name).Value ?? "";
        var project = fields.Required<Slug>("project", input.Project ?? EnvironmentQueries.DefaultProject).Value ?? "";
        Check(fields, input, options);
        fields.ThrowIfAny();
        var password = input.Password is null ? null : box.Close(input.Password, "registry", name);
        var row = await journal.WriteAsync(transaction =>
        {
            caller.Demand(project, Role.Admin);
            EnvironmentQueries.DemandProject(transaction.Connection, project);
            if (RegistryQueries.FindRow(transaction.Connection, name) is not null)
                throw RequestRefusedException.Conflict(ProblemCodes.AlreadyExists, $"The registry name '{name}' is taken.", "Choose another: names are unique over all projects.");
            var row = new RegistryQueries.RegistryRow
            {
                Name = name, Host = input.Host!, Project = project, PlainHttp = input.PlainHttp, UserName = input.UserName, Password = password, CreatedAt = transaction.Now,
            };
            RegistryQueries.Put(transaction, row);
            transaction.Audit(caller, "registry/" + name);
            return row;
        }, context.RequestAborted);
        context.Response.Headers.ETag = ETags.Of(row.Version, row.CreatedAt);
        return TypedResults.Created("/api/v1/registries/" + name, row.ToRegistry());
    }

    private static async Task<Ok<Registry>> ReplaceAsync(string name, RegistryInput input, Caller caller, Journal journal, SecretBox box, ServerOptions options, HttpContext context)
    {
        var fields = new Fields();
        if (input.Name is not null && input.Name != name) fields.Refuse("name", "cannot be changed");
        Check(fields, input, options);
        fields.ThrowIfAny();
        var password = input.Password is null ? null : box.Close(input.Password, "registry", name);
        var row = await journal.WriteAsync(transaction =>
        {
            var row = RegistryQueries.DemandRow(transaction.Connection, caller, name, Role.Admin);
            ETags.Demand(context.Request, ETags.Of(row.Version, row.CreatedAt));
            if (input.Project is not null && input.Project != row.Project) throw RequestRefusedException.Invalid(new FieldProblem("project", "cannot be changed"));
            // Or whoever may change the host could have the old password sent to a host of their own.
            var sameAccount = input.Host == row.Host && input.UserName == row.UserName && (!input.PlainHttp || row.PlainHttp);
            if (row.Password is not null && password is null && !sameAccount && input.UserName is not null)
                throw RequestRefusedException.Invalid(new FieldProblem("password", "must be given again when host, user or transport change"));
            (row.Host, row.PlainHttp, row.UserName, row.Version) = (input.Host!, input.PlainHttp, input.UserName, row.Version + 1);
            row.Password = password ?? (sameAccount ? row.Password : null);
            RegistryQueries.Put(transaction, row);
            transaction.Audit(caller, "registry/" + name);
            return row;
        }, context.RequestAborted);
        context.Response.Headers.ETag = ETags.Of(row.Version, row.CreatedAt);
        return TypedResults.Ok(row.ToRegistry());
    }

    private static async Task<NoContent> DeleteAsync(string name, Caller caller, Journal journal, HttpContext context)
    {
        await journal.WriteAsync(transaction =>
        {
            var row = RegistryQueries.DemandRow(transaction.Connection, caller, name, Role.Admin);
            ETags.Demand(context.Request, ETags.Of(row.Version, row.CreatedAt));
            if (RegistryQueries.UsedBy(transaction.Connection, name) is { } app)
                throw RequestRefusedException.Conflict(ProblemCodes.StateConflict, $"The app '{app}' uses this registry.", "Give the app another registry first.");
            RegistryQueries.Delete(transaction, name);
            transaction.Audit(caller, "registry/" + name);
        }, context.RequestAborted);
        return TypedResults.NoContent();
    }

    private static void Check(Fields fields, RegistryInput input, ServerOptions options)
    {
        CheckHost(fields, input.Host, options);
        if (input.UserName is not null) fields.Text("userName", input.UserName, 200);
        if (input.UserName?.Contains(':', StringComparison.Ordinal) == true) fields.Refuse("userName", "must not contain a colon");
        if (input.Password is not { } password) return;
        if (input.UserName is null) fields.Refuse("userName", "is needed with a password");
        if (password.Length is 0 or > MaxPassword) fields.Refuse("password", $"must be 1 to {MaxPassword} characters");
        else if (password.Any(char.IsControl)) fields.Refuse("password", "must not contain control characters");
    }

    private static void CheckHost(Fields fields, string? host, ServerOptions options)
    {
        const string Advice = "must be a host, with a port where it needs one, for example 'registry.example:5000'";
        if (string.IsNullOrEmpty(host) || host.Contains('/', StringComparison.Ordinal) || !ImageReference.TryParseExact(host + "/x", out var image, out _) || image.Domain != host)
            fields.Refuse("host", Advice);
        else if (!options.AllowPrivateNetworks && NetworkRule.IsPrivate(HostOf(host)))
            fields.Refuse("host", "is on a private network or this machine, which the administrator has not allowed");
    }

    private static string HostOf(string host) => host.LastIndexOf(':') is var colon && colon > host.LastIndexOf(']') ? host[..colon] : host;
}

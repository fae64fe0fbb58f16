using Boreas.Contracts.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Boreas.Server.Access;

/// <summary>
/// What an endpoint asks for before it runs. The roles mean 'in some project': which project it is, only the endpoint
/// knows, and it demands the role there with <see cref="Caller.Demand(string, Role)"/>.
/// </summary>
public static class Policies
{
    /// <summary>Any user, also one without projects.</summary>
    public const string Viewer = "viewer";
    public const string Developer = "developer";
    public const string Approver = "approver";
    public const string Admin = "admin";

    /// <summary>Of the whole installation.</summary>
    public const string Administrator = "administrator";
    public const string Runner = "runner";
    public const string Agent = "agent";
    public const string Gateway = "gateway";
    public const string Forge = "forge";

    /// <summary>A user, a runner, or who has a ticket for the repository that is asked for: who may fetch from the embedded Git.</summary>
    public const string Repository = "repository";

    /// <summary>A runner, an agent, or who has a ticket for the artifact in the route.</summary>
    public const string Artifact = "artifact";

    internal static void Add(AuthorizationOptions options)
    {
        Add(options, Viewer, i => i.Kind == TokenKind.User);
        Add(options, Developer, i => i.Kind == TokenKind.User && i.HasSomewhere(Role.Developer));
        Add(options, Approver, i => i.Kind == TokenKind.User && i.HasSomewhere(Role.Approver));
        Add(options, Admin, i => i.Kind == TokenKind.User && i.HasSomewhere(Role.Admin));
        Add(options, Administrator, i => i.Kind == TokenKind.User && i.Admin);
        Add(options, Runner, i => i.Kind == TokenKind.Runner);
        Add(options, Agent, i => i.Kind == TokenKind.Agent);
        Add(options, Gateway, i => i.Kind == TokenKind.Gateway);
        Add(options, Forge, i => i.Kind == TokenKind.Forge);
        options.AddPolicy(Repository, policy => policy.RequireAssertion(c =>
            c.Resource is HttpContext context && (context.Features.Get<Identity>() is { Kind: TokenKind.User or TokenKind.Runner }
                || context.RequestServices.GetRequiredService<Pushes.RepositoryTickets>().Cover(context, context.Request.Query["repository"]))));
        options.AddPolicy(Artifact, policy => policy.RequireAssertion(c =>
            c.Resource is HttpContext context && (context.Features.Get<Identity>() is { Kind: TokenKind.Runner or TokenKind.Agent } || Artifacts.ArtifactTickets.Covers(context))));
    }

    /// <summary>The endpoints that would run for anybody without having said so. A test, and the host's start, hold that there is none.</summary>
    public static IReadOnlyList<string> EndpointsWithout(EndpointDataSource endpoints) =>
        [.. endpoints.Endpoints
            .Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null && !e.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => a.Policy is not null))
            .Select(e => e.DisplayName ?? e.ToString()!)];

    private static void Add(AuthorizationOptions options, string name, Func<Identity, bool> may) =>
        options.AddPolicy(name, policy => policy.RequireAssertion(c => c.Resource is HttpContext context && context.Features.Get<Identity>() is { } identity && may(identity)));
}

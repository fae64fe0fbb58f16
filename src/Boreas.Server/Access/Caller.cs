using System.Reflection;
using Boreas.Contracts.Access;
using Boreas.Contracts.Problems;
using Boreas.Server.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Access;

/// <summary>Who makes this request. Endpoints take it as a parameter, and ask it before they show or change anything.</summary>
public sealed class Caller
{
    private readonly Identity _identity;

    private Caller(Identity identity, HttpContext context)
    {
        _identity = identity;
        Address = context.Connection.RemoteIpAddress?.ToString();
        var endpoint = context.GetEndpoint();
        Action = endpoint?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName
            ?? $"{context.Request.Method} {(endpoint as RouteEndpoint)?.RoutePattern.RawText}";
    }

    /// <summary>The user's id; the token's for runners, agents, gateways and forges.</summary>
    public string UserId => _identity.Id;

    public string Name => _identity.Name;

    public TokenKind Kind => _identity.Kind;

    /// <summary>Whether they may administer the installation.</summary>
    public bool Admin => _identity.Admin;

    /// <summary>Whether they see every project; then <see cref="VisibleProjects"/> does not matter.</summary>
    public bool SeesAllProjects => _identity.Everywhere is not null;

    /// <summary>For queries: <c>(@SeesAllProjects or project in @VisibleProjects)</c>.</summary>
    public SqlList<string> VisibleProjects => new(_identity.Projects.Keys);

    public string? Address { get; }

    /// <summary>Name of the endpoint, for the audit.</summary>
    public string Action { get; }

    /// <summary>Whether the audit has this request already.</summary>
    internal bool IsRecorded { get; set; }

    internal TokenRow? Token => _identity.Token;

    internal Identity Identity => _identity;

    public Role? RoleIn(string project) => _identity.RoleIn(project);

    /// <summary>Demands a role in the project of a thing that was found: 404 when they may not see it, 403 when the role is too low.</summary>
    public void Demand(string project, Role role, string what, string id)
    {
        if (RoleIn(project) is not { } has) throw RequestRefusedException.NotFound(what, id);
        if (has < role) throw Forbidden($"This needs the role '{NameOf(role)}' in project '{project}'; you have '{NameOf(has)}'.");
    }

    /// <inheritdoc cref="Demand(string, Role, string, string)"/>
    public void Demand(string project, Role role) => Demand(project, role, "project", project);

    internal static RequestRefusedException Forbidden(string message) =>
        new(StatusCodes.Status403Forbidden, ProblemCodes.Forbidden, message, "Ask an administrator for the role.");

    /// <summary>The caller of an authenticated request.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is anonymous.</exception>
    public static Caller Of(HttpContext context) =>
        Find(context) ?? throw new InvalidOperationException("This endpoint takes a caller and has no policy that asks who it is.");

    internal static Caller? Find(HttpContext context)
    {
        if (context.Features.Get<Caller>() is { } known) return known;
        if (context.Features.Get<Identity>() is not { } identity) return null;
        var caller = new Caller(identity, context);
        context.Features.Set(caller);
        return caller;
    }

    /// <summary>How minimal APIs fill a parameter of this type.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult<Caller?>(Of(context));

    internal static string NameOf(Role role) => role.ToString().ToLowerInvariant();
}

using Boreas.Agent.Api;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.Http;

namespace Boreas.Agent.Access;

/// <summary>
/// Lets through who carries a genuine ticket for the instance in the path; for all instances where the path names
/// none. A deploy names its instance in the body, which is read only after the ticket proved genuine for
/// <see cref="Claimed"/>, and must then name that one.
/// </summary>
internal sealed class TicketFilter(NodeKey key, TimeProvider time) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var ticket = Ticket(http);
        if (!Covers(ticket, Claimed(ticket)))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return AgentProblem.Of(StatusCodes.Status401Unauthorized, ProblemCodes.Unauthenticated, "The ticket is missing, expired or not of this node.", "Ask the control plane for the job again; compare the clocks of both machines.");
        }

        if (http.GetEndpoint()?.Metadata.GetMetadata<NamesInstanceInBody>() is not null) return await next(context);
        var instance = http.Request.RouteValues.TryGetValue("instanceId", out var named) ? (string)named! : AgentTicket.AnyInstance;
        return Covers(ticket, instance) ? await next(context) : NotCovered();
    }

    /// <summary>Whether the caller's ticket is good for <paramref name="instanceId"/>.</summary>
    public bool Covers(HttpContext http, string instanceId) => Covers(Ticket(http), instanceId);

    public static IResult NotCovered() =>
        AgentProblem.Of(StatusCodes.Status403Forbidden, ProblemCodes.Forbidden, "The ticket is for another instance.", "Use the ticket that came with this instance.");

    private static string Claimed(string? ticket) => ticket?.Split('.')[0] ?? "";

    private bool Covers(string? ticket, string instanceId) => AgentTicket.Covers(key.Bytes, ticket, instanceId, time.GetUtcNow());

    private static string? Ticket(HttpContext http)
    {
        const string Scheme = "Bearer ";
        var header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }
}

/// <summary>On endpoints that find their instance in the body.</summary>
internal sealed class NamesInstanceInBody;

using System.Text.Json;
using Boreas.Agent.Access;
using Boreas.Agent.Instances;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Boreas.Agent.Api;

/// <summary>The agent's own API, for runners that carry a ticket.</summary>
internal static class AgentApi
{
    private const long MaxRequestBytes = 4 << 20;
    private const int MaxTail = 5000;
    private const int MaxGraceSeconds = 600;
    private static readonly TimeSpan AdoptionTimeout = TimeSpan.FromSeconds(30);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var apps = routes.MapGroup("/agent/apps").WithMetadata(new AgentTicketPolicy()).ExcludeFromDescription();
        apps.AddEndpointFilter(async (context, next) => await context.HttpContext.RequestServices.GetRequiredService<TicketFilter>().InvokeAsync(context, next));
        apps.AddEndpointFilter(WhenAdoptedAsync);
        apps.MapPost("/deploy", DeployAsync).WithMetadata(new NamesInstanceInBody());
        apps.MapGet("", ListAsync);
        apps.MapGet("/{instanceId}", GetAsync);
        apps.MapPost("/{instanceId}/stop", StopAsync);
        apps.MapGet("/{instanceId}/logs", LogsAsync);
    }

    private static async ValueTask<object?> WhenAdoptedAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var registry = context.HttpContext.RequestServices.GetRequiredService<InstanceRegistry>();
        try
        {
            await registry.Adopted.WaitAsync(AdoptionTimeout, context.HttpContext.RequestAborted);
        }
        catch (TimeoutException)
        {
            return AgentProblem.Of(StatusCodes.Status503ServiceUnavailable, ProblemCodes.NodeUnreachable, "The agent is still finding out what runs on its node.", "Try again; look at the agent's log if it stays.");
        }

        return await next(context);
    }

    private static async Task<IResult> DeployAsync(HttpContext http, TicketFilter tickets, InstanceRegistry registry)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxRequestBytes;
        StartInstanceRequest? request;
        try
        {
            request = await http.Request.ReadFromJsonAsync<StartInstanceRequest>(BoreasJson.Options, http.RequestAborted);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return AgentProblem.Of(StatusCodes.Status400BadRequest, ProblemCodes.Invalid, "The body is not a request to start an instance: " + error.Message);
        }

        if (request is null) return AgentProblem.Of(StatusCodes.Status400BadRequest, ProblemCodes.Invalid, "The body is empty.");
        if (!tickets.Covers(http, request.InstanceId)) return TicketFilter.NotCovered();
        if (StartRequestCheck.Problems(request) is { Count: > 0 } errors)
            return AgentProblem.Of(StatusCodes.Status400BadRequest, ProblemCodes.Invalid, $"{errors[0].Field} {errors[0].Message}", errors: errors);
        try
        {
            var status = await registry.DeployAsync(request, http.RequestAborted);
            return Results.Json(status, BoreasJson.Options, statusCode: status.State == InstanceState.Running ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
        }
        catch (InstanceProblem problem)
        {
            return AgentProblem.Of(StatusCodes.Status409Conflict, problem.Failure.Code, problem.Message, problem.Failure.Advice);
        }
        catch (IOException error) when (Files.DiskSpace.IsFull(error))
        {
            return AgentProblem.Of(StatusCodes.Status507InsufficientStorage, ProblemCodes.DiskFull, "The disk of the node is full.", "Free space on the node.");
        }
    }

    private static async Task<IResult> ListAsync(InstanceRegistry registry, CancellationToken ct) =>
        Results.Json(await registry.ListAsync(withLines: true, ct), BoreasJson.Options);

    private static async Task<IResult> GetAsync(string instanceId, InstanceRegistry registry, NodeAddress address, CancellationToken ct) =>
        registry.Find(instanceId) is { } instance
            ? Results.Json(await instance.StatusAsync(address.InstanceHost, withLines: true, ct), BoreasJson.Options)
            : AgentProblem.NotFound(instanceId);

    private static async Task<IResult> StopAsync(string instanceId, HttpContext http, InstanceRegistry registry, NodeAddress address)
    {
        var stop = new StopInstanceRequest();
        try
        {
            if (http.Request.ContentLength is not (null or 0)) stop = await http.Request.ReadFromJsonAsync<StopInstanceRequest>(BoreasJson.Options, http.RequestAborted) ?? stop;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return AgentProblem.Of(StatusCodes.Status400BadRequest, ProblemCodes.Invalid, "The body is not a request to stop an instance: " + error.Message);
        }

        if (stop.GraceSeconds is < 0 or > MaxGraceSeconds)
            return AgentProblem.Of(StatusCodes.Status400BadRequest, ProblemCodes.Invalid, $"graceSeconds must be 0 to {MaxGraceSeconds}");
        if (registry.Find(instanceId) is not { } instance) return Results.Json(Unknown(instanceId), BoreasJson.Options);
        await registry.StopAsync(instanceId, TimeSpan.FromSeconds(stop.GraceSeconds), http.RequestAborted);
        return Results.Json(await instance.StatusAsync(address.InstanceHost, withLines: true, http.RequestAborted), BoreasJson.Options);
    }

    private static async Task<IResult> LogsAsync(string instanceId, HttpContext http, InstanceRegistry registry, IHostApplicationLifetime lifetime, int tail = 200, bool follow = false)
    {
        if (registry.Find(instanceId) is not { } instance) return AgentProblem.NotFound(instanceId);
        http.Response.ContentType = "application/x-ndjson";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await http.Response.StartAsync(http.RequestAborted);

        // Who follows must not hold up an agent that ends: its apps have the time that is left.
        using var until = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        await foreach (var line in instance.LogsAsync(Math.Clamp(tail, 0, MaxTail), follow, until.Token))
        {
            await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, BoreasJson.Options), http.RequestAborted);
            await http.Response.Body.WriteAsync("\n"u8.ToArray(), http.RequestAborted);
        }

        return Results.Empty;
    }

    private static InstanceStatus Unknown(string instanceId) =>
        new(instanceId, "", "", "", InstanceState.Stopped, null, null, null, 0, null, [], [], null);
}

using Boreas.Contracts.Problems;
using Boreas.Gateway.Draining;
using Boreas.Gateway.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Boreas.Gateway.Forwarding;

/// <summary>From a request to an instance and back: read the path, choose and count, forward, and try another instance when the connection could not be made.</summary>
internal sealed partial class GatewayMiddleware(
    RequestDelegate next, GatewayOptions options, RouteSwitch routes, InstanceConnections connections, IHttpForwarder forwarder, GatewayMeters meters, TimeProvider clock, ILogger<GatewayMiddleware> log)
{
    private const int MostAttempts = 3;

    private readonly ForwarderRequestConfig _ordinary = new()
    {
        ActivityTimeout = options.ActivityTimeout,
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private readonly ForwarderRequestConfig _upgrade = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private readonly long _suspectTicks = (long)(options.SuspectTime.TotalSeconds * clock.TimestampFrequency);

    public Task InvokeAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!RuntimePath.TryRead(context.Request.Path.Value, target, out var path)) return next(context);
        if (path.Refusal is { } why) return RefuseAsync(context, Answers.Ambiguous(why));
        if (routes.Current.Find(path.Segment) is not { } route) return RefuseAsync(context, Answers.NoRoute);
        if (path.Rest is [] or ['?', ..])
        {
            context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
            context.Response.Headers.Location = string.Concat(route.Prefix, "/", path.Rest);
            return Task.CompletedTask;
        }

        LiftLimits(context);
        return ServeAsync(context, path, route.Sticky ? context.Request.Cookies[Route.CookieName] : null);
    }

    private async Task ServeAsync(HttpContext context, RuntimePath path, string? stickyKey)
    {
        var preference = new Preference(clock.GetTimestamp(), stickyKey);
        var problem = Answers.NoInstance;
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var target = routes.Enter(path.Segment, preference, out var route);
            if (target is null || route is null)
            {
                if (route is null) problem = Answers.NoRoute;
                break;
            }

            if (attempt > 1) meters.Retry(route);
            var request = new ForwardedRequest(route, target, path, options, clock);
            ForwarderError error;
            try
            {
                error = await (IsUpgrade(context) ? OpenAsync(context, request) : forwarder.SendAsync(context, target.Address, connections.Client, _ordinary, request));
                target.Instance.Count(request.Status >= 500 || (error != ForwarderError.None && !IsClients(error)));
                meters.Request(route, request.Status);
            }
            finally
            {
                target.Instance.Leave();
            }

            if (error == ForwarderError.None || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return;
            if (InstanceUnreachableException.In(context.GetForwarderErrorFeature()?.Exception) is not { } unreachable)
            {
                if (AnswerTo(error) is not { } answer) return;
                problem = answer;
                break;
            }

            // Nothing was sent: the next one may have it, body and all.
            var now = clock.GetTimestamp();
            if (target.Instance.Suspect(now, now + _suspectTicks)) PassedOver(target.Instance.Id, target.Address, unreachable.Message);
            problem = unreachable.Refused ? Answers.NotListening : Answers.Unreachable;
            preference = preference with { Now = now, Refused = target.Instance, AlsoRefused = preference.Refused };
            context.Response.StatusCode = StatusCodes.Status200OK;
        }

        await RefuseAsync(context, problem);
    }

    /// <summary>An open WebSocket may be silent for hours, but the answer that opens it may not take longer than others.</summary>
    private async ValueTask<ForwarderError> OpenAsync(HttpContext context, ForwardedRequest request)
    {
        using var opening = new CancellationTokenSource(options.ActivityTimeout, clock);
        request.Answered = () => opening.CancelAfter(Timeout.InfiniteTimeSpan);
        var error = await forwarder.SendAsync(context, request.Target.Address, connections.Client, _upgrade, request, opening.Token);
        return request.Status == 0 && opening.IsCancellationRequested ? ForwarderError.RequestTimedOut : error;
    }

    private Task RefuseAsync(HttpContext context, Problem problem)
    {
        meters.Refused(problem.Code);
        return Answers.WriteAsync(context, problem);
    }

    /// <summary>An app decides itself how much it takes and how slowly; what stands still is ended by the activity timeout.</summary>
    private static void LiftLimits(HttpContext context)
    {
        var features = context.Features;
        if (features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false })
        {
            if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
            if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } up) up.MinDataRate = null;
        }

        if (features.Get<IHttpMinResponseDataRateFeature>() is { } down) down.MinDataRate = null;
    }

    private static bool IsUpgrade(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    private static bool IsClients(ForwarderError error) => error is ForwarderError.RequestCanceled
        or ForwarderError.RequestBodyCanceled or ForwarderError.RequestBodyClient
        or ForwarderError.ResponseBodyCanceled or ForwarderError.ResponseBodyClient
        or ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeRequestClient
        or ForwarderError.UpgradeResponseCanceled or ForwarderError.UpgradeResponseClient;

    /// <summary>Null: the client's own fault, already answered.</summary>
    private static Problem? AnswerTo(ForwarderError error) => error switch
    {
        _ when IsClients(error) => null,
        ForwarderError.RequestTimedOut => Answers.TimedOut,
        _ => Answers.Broken,
    };

    [LoggerMessage(LogLevel.Warning, "Instance {Instance} at {Address} cannot be connected to: {Why}. Others are preferred for a moment.")]
    private partial void PassedOver(string instance, string address, string why);
}

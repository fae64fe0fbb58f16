using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.Http;

namespace Boreas.Gateway.Forwarding;

/// <summary>What the gateway answers by itself. An app's own answers are never replaced.</summary>
internal static class Answers
{
    public static readonly Problem NoRoute = new(null, "No app here", 404,
        "No app is served under this path.", ProblemCodes.NotFound,
        "Check the app's id in the URL (/runtime/{appId}/, or /runtime/{appId}.{environment}/) and that it has been deployed.");

    public static readonly Problem NoInstance = new(null, "The app has no running instance", 503,
        "The app is known, but none of its instances takes traffic now.", ProblemCodes.NoInstance,
        "Try again in a moment; if it stays so, look at the app's last deployment or deploy it again.");

    public static readonly Problem NotListening = new(null, "The app does not accept connections", 502,
        "The connection to the app's instance was refused. Nothing of the request was sent.", ProblemCodes.AppNotListening,
        "Try again in a moment; if it stays so, look at the app's logs: it may be restarting, or listening on another port.");

    public static readonly Problem Unreachable = new(null, "The app's node does not answer", 502,
        "No connection to the app's instance could be made. Nothing of the request was sent.", ProblemCodes.NodeUnreachable,
        "Try again in a moment; if it stays so, check the network between the gateway and the runtime node.");

    public static readonly Problem Broken = new(null, "The app broke off its answer", 502,
        "The app received the request and closed the connection, or sent something that is not HTTP, before its answer began.", ProblemCodes.AppAnswerBroken,
        "Look at the app's logs for a crash. The request may have taken effect: check before sending it again.");

    public static readonly Problem TimedOut = new(null, "The app did not answer in time", 504,
        "The app received the request and sent nothing within the gateway's activity timeout.", ProblemCodes.Timeout,
        "Look at the app's logs. The request may have taken effect: check before sending it again.");

    public static Problem Ambiguous(string why) => new(null, "Ambiguous path", 400,
        "The request's path is refused: " + why + ".", ProblemCodes.Invalid, "Send a path that can be read in one way only.");

    public static Task WriteAsync(HttpContext context, Problem problem)
    {
        var response = context.Response;
        response.Headers.Clear();
        response.StatusCode = problem.Status;
        response.ContentType = Problem.MediaType;
        response.Headers.CacheControl = "no-store";
        if (problem.Status is 502 or 503) response.Headers.RetryAfter = "1";
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, BoreasJson.Options);
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }
}

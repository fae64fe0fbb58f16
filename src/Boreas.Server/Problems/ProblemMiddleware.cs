using System.Diagnostics;
using System.Text.Json;
using Boreas.Contracts.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Problems;

/// <summary>Turns everything that goes wrong into an RFC 9457 problem. What was not expected is logged, and only a trace id goes out.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (IsBareError(context)) await context.WriteProblemAsync(ProblemAnswers.ForStatus(context));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; nobody reads an answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await context.WriteProblemAsync(ProblemOf(e, context));
        }
    }

    private Problem ProblemOf(Exception exception, HttpContext context)
    {
        switch (exception)
        {
            case RequestRefusedException refused:
                return ProblemAnswers.Of(refused);
            case Exception when StorageTrouble.Of(exception) is { } trouble:
                LogUnavailable(exception.Message);
                context.Response.Headers.RetryAfter = "1";
                return ProblemAnswers.New(StatusCodes.Status503ServiceUnavailable, ProblemCodes.StorageUnavailable, trouble.What, trouble.Advice);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return ProblemAnswers.TooLarge;
            case BadHttpRequestException { InnerException: JsonException json }:
                return ProblemAnswers.OfJson(json);
            case JsonException json:
                return ProblemAnswers.OfJson(json);
            case BadHttpRequestException bad:
                return ProblemAnswers.OfRequest(bad);
            default:
                var traceId = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
                LogUnexpected(exception, context.Request.Method, traceId);
                return ProblemAnswers.New(StatusCodes.Status500InternalServerError, ProblemCodes.Internal, "Something went wrong here that should not have.",
                    "Try again; when it stays, give the trace id to who runs this control plane: it is in the log.") with { TraceId = traceId };
        }
    }

    /// <summary>Answers of the platform itself (no such route, wrong method) have a status and nothing else.</summary>
    private static bool IsBareError(HttpContext context) =>
        context.Response is { HasStarted: false, StatusCode: >= 400 and < 600, ContentLength: null or 0, ContentType: null } && !HttpMethods.IsHead(context.Request.Method);

    [LoggerMessage(LogLevel.Error, "{Method} failed, trace {TraceId}")]
    private partial void LogUnexpected(Exception exception, string method, string traceId);

    [LoggerMessage(LogLevel.Warning, "The database is in trouble: {Reason}")]
    private partial void LogUnavailable(string reason);
}

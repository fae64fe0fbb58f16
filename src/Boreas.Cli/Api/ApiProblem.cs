using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Boreas.Cli.Output;
using Boreas.Contracts;
using Boreas.Contracts.Problems;

namespace Boreas.Cli.Api;

/// <summary>Turns what went wrong between here and the server into a <see cref="CommandFailure"/>.</summary>
internal static class ApiProblem
{
    public static CommandFailure From(Uri server, HttpResponseMessage response, string text)
    {
        var exit = Exit(response.StatusCode);
        if (Read(text) is not { } problem) return Foreign(server, response, exit);
        return new CommandFailure(exit, problem.Detail ?? problem.Title, problem.Advice ?? Advice(problem.Code))
        {
            Code = problem.Code,
            Fields = problem.Errors ?? [],
            Json = text,
        };
    }

    public static CommandFailure Unreachable(Uri server, Exception cause)
    {
        var why = cause.InnerException is SocketException socket ? socket.Message : cause.InnerException?.Message ?? cause.Message;
        return new CommandFailure(
            ExitCode.Unreachable,
            $"{server} cannot be reached: {Terminal.Clean(why)}.",
            "Start it with 'boreas server', or name the right one with --server or BOREAS_SERVER.",
            cause);
    }

    public static CommandFailure NotAllowed(Uri server, HttpStatusCode status, Exception? cause = null) =>
        new(ExitCode.Refused, $"{server} refused the call ({(int)status}).", Advice(status == HttpStatusCode.Unauthorized ? ProblemCodes.Unauthenticated : ProblemCodes.Forbidden), cause);

    private static CommandFailure Foreign(Uri server, HttpResponseMessage response, ExitCode exit)
    {
        if (exit == ExitCode.Refused) return NotAllowed(server, response.StatusCode);
        var advice = (int)response.StatusCode is >= 300 and < 400
            ? $"It points to {response.Headers.Location}. If that is the right server, name it with --server."
            : "Is this the address of a Boreas server? Look at the server's log.";
        return new CommandFailure(exit, $"{server} answered {(int)response.StatusCode} {response.ReasonPhrase} to {response.RequestMessage?.Method} {response.RequestMessage?.RequestUri?.AbsolutePath}.", advice);
    }

    private static Problem? Read(string text)
    {
        try
        {
            return text.StartsWith('{') ? JsonSerializer.Deserialize<Problem>(text, BoreasJson.Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Advice(string code) => code switch
    {
        ProblemCodes.Unauthenticated => "Log in with 'boreas login URL', or set BOREAS_TOKEN.",
        ProblemCodes.Forbidden => "Ask an administrator for the right, or use another token; 'boreas whoami' says who you are.",
        ProblemCodes.PreconditionFailed => "Somebody else changed it meanwhile: look at it and try again.",
        ProblemCodes.StorageUnavailable => "Try again in a moment; look at the server's log.",
        _ => null,
    };

    private static ExitCode Exit(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => ExitCode.Usage,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.Refused,
        HttpStatusCode.NotFound => ExitCode.NotFound,
        HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => ExitCode.Conflict,
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => ExitCode.Unreachable,
        _ => ExitCode.Failed,
    };
}

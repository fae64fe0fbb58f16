using System.Globalization;
using Boreas.Contracts.Access;
using Boreas.Server.Access;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Audit;

/// <summary>
/// Records every change that a user asked for and that was not recorded with the change itself: what an endpoint did
/// without saying so, and what was refused. Runs between authentication and authorization, so that it sees both.
/// </summary>
internal sealed partial class AuditMiddleware(RequestDelegate next, Journal journal, ILogger<AuditMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (IsRead(context.Request.Method) || context.GetEndpoint() is null || Caller.Find(context) is not { Kind: TokenKind.User } caller)
        {
            await next(context);
            return;
        }

        string outcome;
        try
        {
            await next(context);
            var status = context.Response.StatusCode;
            if (status < 400 && caller.IsRecorded) return;
            outcome = status < 400 ? "ok" : status.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e)
        {
            await WriteAsync(caller, context, e is RequestRefusedException refused ? refused.Code : "failed");
            throw;
        }

        await WriteAsync(caller, context, outcome);
    }

    private async Task WriteAsync(Caller caller, HttpContext context, string outcome)
    {
        var target = string.Join('/', context.Request.RouteValues.Values.OfType<string>());
        try
        {
            await journal.WriteAsync(transaction => AuditTrail.Write(transaction, caller.Name, caller.Address, caller.Action, target.Length > 0 ? target : null, outcome));
        }
        catch (JournalUnavailableException e)
        {
            LogLost(caller.Name, caller.Action, outcome, e.Message);
        }
    }

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    [LoggerMessage(LogLevel.Error, "The audit did not take: {Actor} {Action} {Outcome}: {Reason}")]
    private partial void LogLost(string actor, string action, string outcome, string reason);
}

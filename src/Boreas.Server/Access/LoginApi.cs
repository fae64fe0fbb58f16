using System.Globalization;
using Boreas.Contracts.Access;
using Boreas.Contracts.Problems;
using Boreas.Server.Audit;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Access;

internal static class LoginApi
{
    public static void MapLogin(this IEndpointRouteBuilder app)
    {
        var group = app.MapApi("/api/v1", "Access");
        group.MapPost("/login", LoginAsync).AllowAnonymous().WithName("Login").WithSummary("Begin a session: the answer carries its cookie");
        group.MapPost("/logout", LogoutAsync).RequireAuthorization(Policies.Viewer).WithName("Logout").WithSummary("End the session");
        group.MapGet("/me", Me).RequireAuthorization(Policies.Viewer).WithName("GetMe").WithSummary("Who you are and what you may");
        group.MapPut("/me/password", ChangePasswordAsync).RequireAuthorization(Policies.Viewer).WithName("ChangePassword").WithSummary("Change your password; your other sessions end");
    }

    private static async Task<Ok<Me>> LoginAsync(
        LoginRequest login, HttpContext context, Database database, Journal journal, Passwords passwords, LoginThrottle throttle, SessionCookie cookie, ServerOptions options)
    {
        var name = UserName.Normalise(login.Name);
        var address = context.Connection.RemoteIpAddress;
        Begin(throttle, name, context);
        await using var connection = await database.OpenAsync(context.RequestAborted);
        var user = await UserQueries.FindByNameAsync(connection, name);
        var fits = passwords.Verify(user?.PasswordHash, login.Password) && user is { Disabled: false };
        await journal.WriteAsync(transaction => AuditTrail.Write(transaction, UserName.Printable(name), address?.ToString(), "Login", null, fits ? "ok" : ProblemCodes.Unauthenticated));
        if (!fits) throw new RequestRefusedException(StatusCodes.Status401Unauthorized, ProblemCodes.Unauthenticated, "The name or the password is wrong.");
        throttle.Succeeded(name, address);
        var session = cookie.Begin(context, user!);
        var identity = Identity.OfUser(user!, await UserQueries.MembershipsAsync(connection, [user!.Id]));
        return TypedResults.Ok(MeOf(identity, session, options));
    }

    private static async Task<NoContent> LogoutAsync(Caller caller, HttpContext context, Journal journal, Identities identities, SessionCookie cookie)
    {
        if (context.Features.Get<Session>() is { } session)
        {
            await journal.WriteAsync(transaction =>
            {
                UserQueries.EndSession(transaction, session.Id);
                transaction.Audit(caller, null);
            }, context.RequestAborted);
            identities.Forget();
        }

        cookie.End(context);
        return TypedResults.NoContent();
    }

    private static Ok<Me> Me(Caller caller, HttpContext context, ServerOptions options)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(MeOf(caller.Identity, context.Features.Get<Session>(), options));
    }

    private static async Task<NoContent> ChangePasswordAsync(
        PasswordChange change, Caller caller, HttpContext context, Database database, Journal journal, Passwords passwords, LoginThrottle throttle, Identities identities, SessionCookie cookie)
    {
        var fields = new Fields();
        Passwords.Check(fields, "new", change.New);
        fields.ThrowIfAny();
        Begin(throttle, caller.Name, context);
        await using var connection = await database.OpenAsync(context.RequestAborted);
        var user = await UserQueries.FindAsync(connection, caller.UserId);
        if (!passwords.Verify(user?.PasswordHash, change.Current)) throw RequestRefusedException.Invalid(new FieldProblem("current", "is not your password"));
        throttle.Succeeded(caller.Name, context.Connection.RemoteIpAddress);
        var (hash, stamp) = (passwords.Hash(change.New), Ids.New("stamp"));
        var changed = await journal.WriteAsync(transaction =>
        {
            var row = UserQueries.Find(transaction.Connection, caller.UserId)!;
            (row.PasswordHash, row.Stamp) = (hash, stamp);
            UserQueries.Update(transaction, row);
            transaction.Audit(caller, caller.Name);
            return row;
        }, context.RequestAborted);
        identities.Forget();
        if (context.Features.Get<Session>() is not null) cookie.Begin(context, changed);
        return TypedResults.NoContent();
    }

    private static void Begin(LoginThrottle throttle, string name, HttpContext context)
    {
        if (throttle.Begin(name, context.Connection.RemoteIpAddress) is not { } wait) return;
        var seconds = (int)Math.Ceiling(wait.TotalSeconds);
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        throw new RequestRefusedException(StatusCodes.Status429TooManyRequests, ProblemCodes.TooManyRequests, "There were too many attempts with a wrong password.", $"Wait {seconds} seconds.");
    }

    private static Me MeOf(Identity identity, Session? session, ServerOptions options) =>
        new(identity.Id, identity.Name, identity.Admin, identity.Projects, session?.AntiForgery, options.GitUrl?.ToString().TrimEnd('/'));
}

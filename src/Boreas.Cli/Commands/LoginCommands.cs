using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Configuration;
using Boreas.Cli.Output;
using Boreas.Contracts.Access;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas login | logout | whoami</c>.</summary>
internal static class LoginCommands
{
    private const int DefaultDays = 90;

    /// <summary>
    /// Name and password open a cookie once; with it a token is made, the cookie is ended, and only the token is kept. The password is
    /// neither stored nor shown.
    /// </summary>
    public static Command Login(CommandKit kit)
    {
        var url = new Argument<string?>("URL") { Description = "The server's address", Arity = ArgumentArity.ZeroOrOne };
        var name = new Option<string?>("--name") { Description = "Your name there; asked for when left out", HelpName = "NAME" };
        var days = new Option<int>("--expires") { Description = "Days until the new token expires", HelpName = "DAYS", DefaultValueFactory = _ => DefaultDays };
        return kit.Local("login", "Log in to a server and remember it. Asks for name and password, or takes a token with --token-file", [url, name, days], async (call, cancel) =>
        {
            var server = Connection.ParseServer(call.Get(url) ?? call.Option(kit.Server) ?? call.Terminal.Environment("BOREAS_SERVER") ?? Connection.Local.AbsoluteUri);
            if (server.Scheme == Uri.UriSchemeHttp && !server.IsLoopback) call.Print.Note($"Warning: {server} does not use TLS; everybody on the way can read the password and the token.");
            var file = call.Option(kit.TokenFile);
            var (context, me) = file is null
                ? await ByPasswordAsync(call, server, call.Get(name), call.Get(days), cancel)
                : await ByTokenAsync(server, await Connection.ReadTokenAsync(call.Terminal, file, cancel), cancel);
            var saved = ContextFile.Of(call.Terminal);
            saved.Save(call.Option(kit.Context) ?? server.Authority, context);
            call.Print.Answer(me, () =>
            {
                call.Print.Line($"Logged in to {server} as {Terminal.Clean(context.User ?? "")}.");
                call.Print.Line($"  The token is in {saved.Path}, readable by you only. 'boreas logout' takes it back.");
            });
            return ExitCode.Ok;
        });
    }

    public static Command Logout(CommandKit kit) => kit.Local("logout", "Take the saved token back and forget the server", [], async (call, cancel) =>
    {
        var file = ContextFile.Of(call.Terminal);
        var saved = file.Read();
        var named = call.Option(kit.Context) ?? saved.Current;
        if (named is null || !saved.Contexts.TryGetValue(named, out var context)) throw new CommandFailure(ExitCode.NotFound, "There is no login to end.", "See 'boreas contexts list'.");
        var revoked = context.TokenId is null ? "It was brought along, so it stays valid: revoke it with 'boreas tokens revoke'." : await RevokeAsync(context, context.TokenId, cancel);
        file.Forget(named);
        call.Print.Line($"Logged out of {context.Server}. {revoked}");
        return ExitCode.Ok;
    });

    public static Command WhoAmI(CommandKit kit) => kit.Remote("whoami", "Show who you are, and on which server", [], async (call, cancel) =>
    {
        var answer = await call.Api.GetAsync(ApiPath.Of("me"), cancel);
        call.Print.Answer(answer, () =>
        {
            var me = answer.Read<Me>();
            call.Print.Facts(
                ("name", me.Name),
                ("server", call.Api.Server.ToString()),
                ("git", me.GitUrl),
                ("administrator", me.Admin ? "yes" : "no"),
                ("projects", me.Projects.Count == 0 ? null : string.Join(", ", me.Projects.Select(project => $"{project.Key} ({project.Value.ToString().ToLowerInvariant()})"))));
        });
        return ExitCode.Ok;
    });

    private static async Task<(SavedContext Context, Answer Me)> ByPasswordAsync(Call call, Uri server, string? name, int days, CancellationToken cancel)
    {
        name ??= await call.Terminal.AskAsync("Name", cancel);
        var password = await call.Terminal.ReadSecretAsync("Password", cancel);
        using var api = new ApiClient(server, token: null, cookies: true);
        try
        {
            await api.PostAsync(ApiPath.Of("login"), new LoginRequest(name, password), cancel);
        }
        catch (CommandFailure refused) when (refused.Exit == ExitCode.Refused)
        {
            throw new CommandFailure(ExitCode.Refused, refused.Message, "Try again; an administrator can set a new password with 'boreas users set-password'.", refused) { Code = refused.Code, Json = refused.Json };
        }

        var answer = await api.GetAsync(ApiPath.Of("me"), cancel);
        var me = answer.Read<Me>();
        api.AntiForgery = me.AntiForgery;
        var created = (await api.PostAsync(ApiPath.Of("tokens"), new TokenInput($"boreas login on {Environment.MachineName}", ExpiresInDays: days), cancel)).Read<TokenCreated>();
        await api.PostAsync(ApiPath.Of("logout"), body: null, cancel);
        return (new SavedContext(server.AbsoluteUri, created.Secret, created.Token.Id, me.Name), answer);
    }

    private static async Task<(SavedContext Context, Answer Me)> ByTokenAsync(Uri server, string token, CancellationToken cancel)
    {
        using var api = new ApiClient(server, token);
        var answer = await api.GetAsync(ApiPath.Of("me"), cancel);
        return (new SavedContext(server.AbsoluteUri, token, TokenId: null, answer.Read<Me>().Name), answer);
    }

    /// <summary>Forgetting works without the server too; then the person is told that the token lives on.</summary>
    private static async Task<string> RevokeAsync(SavedContext context, string tokenId, CancellationToken cancel)
    {
        using var api = new ApiClient(Connection.ParseServer(context.Server), context.Token);
        try
        {
            await api.DeleteAsync(ApiPath.Of("tokens", tokenId), cancel);
            return "The token is revoked.";
        }
        catch (CommandFailure failure) when (failure.Exit is ExitCode.Refused or ExitCode.NotFound)
        {
            return "The token was not valid any more.";
        }
        catch (CommandFailure failure) when (failure.Exit is ExitCode.Unreachable)
        {
            return $"The server was not reached, so the token {tokenId} stays valid until it expires.";
        }
    }
}

using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas tokens list | create | revoke</c>.</summary>
internal static class TokensCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("tokens", "API tokens, of people, runners, agents and gateways", List(kit), Create(kit), Revoke(kit));

    private static Command List(CommandKit kit)
    {
        var paging = new Paging();
        return kit.Remote("list", "List tokens; their secrets are not kept", paging.Options, (call, cancel) => paging.ShowAsync<Token>(
            call,
            ApiPath.Of("tokens"),
            ["ID", "NAME", "KIND", "OWNER", "LAST USED", "EXPIRES", "STATE"],
            token => [[token.Id, token.Name, token.Kind.ToString().ToLowerInvariant(), token.Owner, Look.Ago(token.LastUsedAt, call.Terminal.Time), token.ExpiresAt is { } at ? Look.Moment(at) : "never", token.Revoked ? "revoked" : "valid"]],
            "No tokens.",
            cancel));
    }

    private static Command Create(CommandKit kit)
    {
        var name = new Argument<string>("NAME") { Description = "What it is for" };
        var kind = new Option<TokenKind>("--kind") { Description = "Who will use it (default: user)", HelpName = "user|runner|agent|gateway|forge" };
        var role = new Option<Role?>("--role") { Description = "Not more than this role (default: yours)", HelpName = "viewer|developer|approver|admin" };
        var project = new Option<string?>("--project") { Description = "In this project only", HelpName = "PROJECT" };
        var days = new Option<int?>("--expires") { Description = "Days until it expires", HelpName = "DAYS" };
        return kit.Remote("create", "Create a token and show it, once", [name, kind, role, project, days], async (call, cancel) =>
        {
            var answer = await call.Api.PostAsync(ApiPath.Of("tokens"), new TokenInput(call.Get(name), call.Get(kind), call.Get(role), call.Get(project), call.Get(days)), cancel);
            call.Print.Answer(answer, () =>
            {
                call.Print.Note("The token is shown this one time:");
                call.Print.Line(answer.Read<TokenCreated>().Secret);
            });
            return ExitCode.Ok;
        });
    }

    private static Command Revoke(CommandKit kit)
    {
        var id = new Argument<string>("TOKEN") { Description = "The token's id, the beginning of it, or its name" };
        return kit.Remote("revoke", "Revoke a token, at once", [id], async (call, cancel) =>
        {
            var tokens = await Listing.AllAsync<Token>(call.Api, ApiPath.Of("tokens"), cancel);
            var token = Listing.Unique([.. tokens.Where(t => !t.Revoked)], "token", call.Get(id), t => t.Id, t => t.Name);
            var answer = await call.Api.DeleteAsync(ApiPath.Of("tokens", token.Id), cancel);
            call.Print.Answer(answer, () => call.Print.Line(Terminal.Clean($"The token {token.Name} ({token.Id}) is revoked.")));
            return ExitCode.Ok;
        });
    }
}

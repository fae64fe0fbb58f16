using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas audit</c>: who changed what.</summary>
internal static class AuditCommand
{
    public static Command Build(CommandKit kit)
    {
        var actor = new Option<string?>("--actor") { Description = "Only what this one did, by name", HelpName = "NAME" };
        var paging = new Paging();
        return kit.Remote("audit", "Show who changed what, and what was refused, newest first; for administrators", [actor, .. paging.Options], async (call, cancel) =>
        {
            var answer = await call.Api.GetAsync(paging.Path(call, ApiPath.Of("audit"), ("actor", call.Option(actor))), cancel);
            call.Print.Answer(answer, () =>
            {
                var page = answer.Read<Page<AuditEntry>>();
                call.Print.Rows(
                    ["AT", "ACTOR", "FROM", "ACTION", "TARGET", "OUTCOME", "DETAIL"],
                    page.Items.Select(entry => (IReadOnlyList<string?>)[Look.Moment(entry.At), entry.Actor, entry.Address, entry.Action, entry.Target, entry.Outcome, entry.Detail]),
                    "Nothing was changed yet.");
                Paging.TellMore(call, page.Next);
            });
            return ExitCode.Ok;
        });
    }
}

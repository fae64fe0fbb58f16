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
        return kit.Remote("audit", "Show who changed what, and what was refused, newest first; for administrators", [actor, .. paging.Options], (call, cancel) => paging.ShowAsync<AuditEntry>(
            call,
            ApiPath.Of("audit"),
            ["AT", "ACTOR", "FROM", "ACTION", "TARGET", "OUTCOME", "DETAIL"],
            entry => [[Look.Moment(entry.At), entry.Actor, entry.Address, entry.Action, entry.Target, entry.Outcome, entry.Detail]],
            "Nothing was changed yet.",
            cancel, ("actor", call.Option(actor))));
    }
}

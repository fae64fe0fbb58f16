using System.CommandLine;
using Boreas.Cli.Files;
using Boreas.Cli.Output;
using Boreas.Contracts.Access;
using Boreas.Contracts.Environments;

namespace Boreas.Cli.Commands;

/// <summary>What can be said about an environment, for 'create' and 'set': in a file, and in options, which go before it.</summary>
internal sealed class EnvironmentOptions
{
    private readonly Option<FileInfo?> file = new("--file") { Description = "YAML or JSON with the API's names (requireConfirm, confirm, freezes, nodeLabels, variables)", HelpName = "FILE" };
    private readonly Option<string?> project = new("--project") { Description = "Project that it belongs to", HelpName = "PROJECT" };
    private readonly Option<bool?> asDefault = new("--default") { Description = "The one that is used when none is named" };
    private readonly Option<string[]> labels = new("--node-label") { Description = "Only nodes with this label; may be repeated", HelpName = "LABEL" };
    private readonly Option<bool?> confirm = new("--require-confirm") { Description = "People confirm every deployment" };
    private readonly Option<int?> approvals = new("--approvals") { Description = "How many different people have to confirm", HelpName = "N" };
    private readonly Option<string[]> approvers = new("--approver") { Description = "A user who may confirm; may be repeated", HelpName = "USER" };
    private readonly Option<Role[]> approverRoles = new("--approver-role") { Description = "Whoever has this role may confirm; may be repeated (default: approver)", HelpName = "developer|approver|admin" };
    private readonly Option<string[]> approverGroups = new("--approver-group") { Description = "Whoever is in this group may confirm; may be repeated", HelpName = "GROUP" };
    private readonly Option<bool?> allowAuthor = new("--allow-author") { Description = "Whether who made a deployment may confirm it" };
    private readonly Option<int?> confirmWithin = new("--confirm-within") { Description = "How long a deployment waits to be confirmed (default: a week)", HelpName = "SECONDS" };
    private readonly Option<OnExpiry?> onExpiry = new("--on-expiry") { Description = "What happens when nobody confirmed in time", HelpName = "reject|rollback" };

    private readonly Option<string[]> freezes = new("--freeze") { Description = "No deployments in this span of local time, as \"Christmas,Europe/Berlin,2025-12-24T18:00,2026-01-02T08:00\", \"weekend,UTC,fri 16:00,mon 08:00\" or \"nights,UTC,22:00,06:00,mon,tue\"; may be repeated; replaces all", HelpName = "NAME,ZONE,START,END[,DAYS]" };
    private readonly Option<bool> noFreezes = new("--no-freezes") { Description = "Remove all freeze windows" };

    public IEnumerable<Option> All => [file, project, asDefault, labels, confirm, approvals, approvers, approverRoles, approverGroups, allowAuthor, confirmWithin, onExpiry, freezes, noFreezes];

    /// <summary>What was typed; parts of the rule that were not named come from <paramref name="present"/>.</summary>
    public EnvironmentInput Read(Call call, DeployEnvironment? present = null)
    {
        var written = call.Get(file) is { } path ? InputFile.Read<EnvironmentInput>(path) : new EnvironmentInput();
        return written with
        {
            Project = call.Get(project) ?? written.Project,
            Default = call.Get(asDefault) ?? written.Default,
            NodeLabels = call.Has(labels) ? call.Get(labels) : written.NodeLabels,
            RequireConfirm = call.Get(confirm) ?? written.RequireConfirm,
            Confirm = Rule(call, written.Confirm ?? present?.Confirm) ?? written.Confirm,
            Freezes = call.Get(noFreezes) ? [] : call.Has(freezes) ? [.. call.Get(freezes)!.Select(Freeze)] : written.Freezes,
        };
    }

    private static Freeze Freeze(string text)
    {
        var days = new List<Weekday>();
        if (text.Split(',', StringSplitOptions.TrimEntries) is not [var name, var zone, var start, var end, .. var names])
            throw new CommandFailure(ExitCode.Usage, $"--freeze takes NAME,ZONE,START,END and perhaps days, and not '{text}'.", "For example: --freeze \"nights,Europe/Berlin,22:00,06:00,mon,tue\"");
        foreach (var day in names)
            days.Add(!int.TryParse(day, out _) && Enum.TryParse<Weekday>(day, ignoreCase: true, out var known) ? known : throw new CommandFailure(ExitCode.Usage, $"'{day}' is not a day.", "The days are mon, tue, wed, thu, fri, sat and sun."));
        return new Freeze(name, zone, start, end, days.Count == 0 ? null : days);
    }

    private ConfirmRule? Rule(Call call, ConfirmRule? before)
    {
        if (!new Option[] { approvals, approvers, approverRoles, approverGroups, allowAuthor, confirmWithin, onExpiry }.Any(call.Has)) return null;
        var rule = before ?? new ConfirmRule();
        return rule with
        {
            Approvals = call.Get(approvals) ?? rule.Approvals,
            Users = call.Has(approvers) ? call.Get(approvers) : rule.Users,
            Roles = call.Has(approverRoles) ? call.Get(approverRoles) : rule.Roles,
            Groups = call.Has(approverGroups) ? call.Get(approverGroups) : rule.Groups,
            AllowAuthor = call.Get(allowAuthor) ?? rule.AllowAuthor,
            ExpiresAfterSeconds = call.Get(confirmWithin) ?? rule.ExpiresAfterSeconds,
            OnExpiry = call.Get(onExpiry) ?? rule.OnExpiry,
        };
    }
}

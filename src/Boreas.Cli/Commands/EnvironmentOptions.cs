using System.CommandLine;
using Boreas.Cli.Files;
using Boreas.Contracts.Access;
using Boreas.Contracts.Environments;

namespace Boreas.Cli.Commands;

/// <summary>What can be said about an environment, for 'create' and 'set': in a file, and in options, which go before it.</summary>
internal sealed class EnvironmentOptions
{
    private readonly Option<FileInfo?> file = new("--file") { Description = "YAML or JSON with the API's names (name, requireConfirm, confirm, nodeLabels, variables)", HelpName = "FILE" };
    private readonly Option<string?> project = new("--project") { Description = "Project that it belongs to", HelpName = "PROJECT" };
    private readonly Option<bool?> asDefault = new("--default") { Description = "The one that is used when none is named" };
    private readonly Option<string[]> labels = new("--node-label") { Description = "Only nodes with this label; may be repeated", HelpName = "LABEL" };
    private readonly Option<bool?> confirm = new("--require-confirm") { Description = "People confirm every deployment" };
    private readonly Option<int?> approvals = new("--approvals") { Description = "How many different people have to confirm", HelpName = "N" };
    private readonly Option<string[]> approvers = new("--approver") { Description = "A user who may confirm; may be repeated", HelpName = "USER" };
    private readonly Option<Role[]> approverRoles = new("--approver-role") { Description = "Whoever has this role may confirm; may be repeated (default: approver)", HelpName = "developer|approver|admin" };
    private readonly Option<bool?> allowAuthor = new("--allow-author") { Description = "Whether who made a deployment may confirm it" };
    private readonly Option<int?> confirmWithin = new("--confirm-within") { Description = "How long a deployment waits to be confirmed (default: a week)", HelpName = "SECONDS" };
    private readonly Option<OnExpiry?> onExpiry = new("--on-expiry") { Description = "What happens when nobody confirmed in time", HelpName = "reject|rollback" };

    public IEnumerable<Option> All => [file, project, asDefault, labels, confirm, approvals, approvers, approverRoles, allowAuthor, confirmWithin, onExpiry];

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
        };
    }

    private ConfirmRule? Rule(Call call, ConfirmRule? before)
    {
        if (!new Option[] { approvals, approvers, approverRoles, allowAuthor, confirmWithin, onExpiry }.Any(call.Has)) return null;
        var rule = before ?? new ConfirmRule();
        return rule with
        {
            Approvals = call.Get(approvals) ?? rule.Approvals,
            Users = call.Has(approvers) ? call.Get(approvers) : rule.Users,
            Roles = call.Has(approverRoles) ? call.Get(approverRoles) : rule.Roles,
            AllowAuthor = call.Get(allowAuthor) ?? rule.AllowAuthor,
            ExpiresAfterSeconds = call.Get(confirmWithin) ?? rule.ExpiresAfterSeconds,
            OnExpiry = call.Get(onExpiry) ?? rule.OnExpiry,
        };
    }
}

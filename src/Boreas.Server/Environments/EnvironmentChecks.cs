using Boreas.Contracts.Access;
using Boreas.Contracts.Environments;
using Boreas.Contracts.Values;
using Boreas.Server.Problems;

namespace Boreas.Server.Environments;

/// <summary>What a user sets about an environment, checked field by field.</summary>
internal static class EnvironmentChecks
{
    public static void Check(Fields fields, EnvironmentInput input)
    {
        const int MaxLabels = 20;
        if (input.Confirm is { } rule) Check(fields, rule);
        Check(fields, input.Freezes ?? []);
        if (input.Variables is not null) fields.Variables("variables", input.Variables);
        if (input.NodeLabels is not { } labels) return;
        if (labels.Count > MaxLabels) fields.Refuse("nodeLabels", $"must be at most {MaxLabels}");
        foreach (var (label, index) in labels.Take(MaxLabels).Select((l, i) => (l, i))) fields.Required<Slug>($"nodeLabels[{index}]", label);
    }

    private static void Check(Fields fields, ConfirmRule rule)
    {
        const int MaxUsers = 50, MaxGroups = 20, MaxDays = 30;
        fields.Range("confirm.approvals", rule.Approvals, 1, 10);
        if (rule.ExpiresAfterSeconds is { } seconds) fields.Range("confirm.expiresAfterSeconds", seconds, 60, MaxDays * 24 * 3600);
        if (rule.Roles?.Contains(Role.Viewer) == true) fields.Refuse("confirm.roles", "must not name 'viewer', who changes nothing");
        var groups = rule.Groups ?? [];
        if (groups.Count > MaxGroups) fields.Refuse("confirm.groups", $"must be at most {MaxGroups}");
        if (groups.Distinct(StringComparer.Ordinal).Count() != groups.Count) fields.Refuse("confirm.groups", "must not name a group twice");
        foreach (var (group, index) in groups.Take(MaxGroups).Select((g, i) => (g, i))) fields.Required<Slug>($"confirm.groups[{index}]", group);
        if (rule.Users is not { Count: > 0 } users) return;
        if (users.Count > MaxUsers) fields.Refuse("confirm.users", $"must be at most {MaxUsers}");
        if (users.Distinct(StringComparer.Ordinal).Count() != users.Count) fields.Refuse("confirm.users", "must not name a user twice");
        if (rule.Roles is not { Count: > 0 } && groups.Count == 0 && users.Count < rule.Approvals) fields.Refuse("confirm.users", $"must be at least {rule.Approvals}, as many as have to confirm, or give roles or groups too");
    }

    private static void Check(Fields fields, IReadOnlyList<Freeze> freezes)
    {
        const int MaxFreezes = 50;
        if (freezes.Count > MaxFreezes) fields.Refuse("freezes", $"must be at most {MaxFreezes}");
        foreach (var (freeze, index) in freezes.Take(MaxFreezes).Select((f, i) => (f, i)))
        {
            fields.Text($"freezes[{index}].name", freeze.Name, 100);
            if (freeze.TryToWindow(out var wrong) is null) fields.Refuse($"freezes[{index}].{wrong.Field}", wrong.Message);
        }
    }
}

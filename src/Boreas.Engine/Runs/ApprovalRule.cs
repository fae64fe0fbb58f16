namespace Boreas.Engine.Runs;

/// <summary>Who has to confirm the tasks of a run that ask for it; fixed when the run is created.</summary>
/// <param name="Approvals">How many people, each of them once.</param>
/// <param name="Users">People who may, by name.</param>
/// <param name="Roles">Whoever has one of these roles may as well. Without users and roles everybody may.</param>
/// <param name="Except">The one person who may not, because the run is theirs.</param>
/// <param name="RollBackOnExpiry">Whether a task that is not confirmed in time takes back what the run did, also in a run that otherwise would not.</param>
public sealed record ApprovalRule(
    int Approvals = 1,
    IReadOnlyList<string>? Users = null,
    IReadOnlyList<string>? Roles = null,
    string? Except = null,
    bool RollBackOnExpiry = false)
{
    internal bool Lets(string person, IReadOnlyList<string> roles) =>
        (Users is not { Count: > 0 } && Roles is not { Count: > 0 })
        || Users?.Contains(person, StringComparer.Ordinal) == true
        || Roles?.Any(r => roles.Contains(r, StringComparer.Ordinal)) == true;

    /// <summary>Who may, in words.</summary>
    internal string Who
    {
        get
        {
            var who = new List<string>(Users ?? []);
            if (Roles is { Count: > 0 }) who.Add($"whoever has the role {string.Join(" or ", Roles)}");
            return who.Count == 0 ? "everybody" : string.Join(" or ", who);
        }
    }
}

/// <summary>A person confirmed a task, as the graph was then.</summary>
/// <param name="GraphVersion">What was confirmed: it counts until the graph is edited.</param>
public sealed record Approval(string By, DateTimeOffset At, string? Reason, int GraphVersion);

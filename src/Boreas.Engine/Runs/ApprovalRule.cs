namespace Boreas.Engine.Runs;

/// <summary>Who has to confirm the tasks of a run that ask for it; fixed when the run is created.</summary>
/// <param name="Approvals">How many people, each of them once.</param>
/// <param name="Users">People who may, by name.</param>
/// <param name="Roles">Whoever has one of these roles may as well. Without users, roles and groups everybody may.</param>
/// <param name="Except">The one person who may not, because the run is theirs.</param>
/// <param name="RollBackOnExpiry">Whether a task that is not confirmed in time takes back what the run did, also in a run that otherwise would not.</param>
/// <param name="Groups">Whoever is in one of these groups in the moment in which they confirm may as well.</param>
public sealed record ApprovalRule(
    int Approvals = 1,
    IReadOnlyList<string>? Users = null,
    IReadOnlyList<string>? Roles = null,
    string? Except = null,
    bool RollBackOnExpiry = false,
    IReadOnlyList<string>? Groups = null)
{
    private const int Said = 6;

    /// <summary>Whether the rule knows who by more than their role.</summary>
    internal bool NamesPeople => Users is { Count: > 0 } || Groups is { Count: > 0 };

    internal bool Lets(string person, IReadOnlyList<string> roles, IReadOnlyList<string> groups) =>
        (!NamesPeople && Roles is not { Count: > 0 })
        || Users?.Contains(person, StringComparer.Ordinal) == true
        || Roles?.Any(r => roles.Contains(r, StringComparer.Ordinal)) == true
        || Groups?.Any(g => groups.Contains(g, StringComparer.Ordinal)) == true;

    /// <summary>Who may, in words.</summary>
    /// <param name="members">Who is in each of the groups; null: not said.</param>
    /// <param name="without">People who are not said, because they cannot any more.</param>
    internal string Who(IReadOnlyDictionary<string, IReadOnlyList<string>>? members = null, IReadOnlyCollection<string>? without = null)
    {
        bool Can(string person) => without?.Contains(person) != true && person != Except;
        List<string> who = [.. (Users ?? []).Where(Can), .. (Groups ?? []).Select(group => $"a member of the group {group}{In(group)}")];
        if (Roles is { Count: > 0 }) who.Add($"whoever has the role {string.Join(" or ", Roles)}");
        return who.Count > 0 ? string.Join(" or ", who) : NamesPeople ? "nobody" : "everybody";

        string In(string group) =>
            members is null ? ""
            : members.TryGetValue(group, out var all) && all.Where(Can).ToList() is { Count: > 0 } people ? $" ({Words.List(people.Count <= Said ? people : [.. people.Take(Said - 1), $"{people.Count - Said + 1} more"])})"
            : " (nobody at present)";
    }
}

/// <summary>A person confirmed a task, as the graph was then.</summary>
/// <param name="GraphVersion">What was confirmed: it counts until the graph is edited.</param>
public sealed record Approval(string By, DateTimeOffset At, string? Reason, int GraphVersion);

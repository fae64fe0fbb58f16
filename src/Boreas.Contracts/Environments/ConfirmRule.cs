using Boreas.Contracts.Access;

namespace Boreas.Contracts.Environments;

/// <summary>Who confirms what waits for a person in deployments to an environment.</summary>
/// <param name="Approvals">How many different people, 1–10.</param>
/// <param name="Users">Users who may, by name; they need the role developer at least.</param>
/// <param name="Roles">Whoever has one of these roles, or a higher one, may as well. Without users, roles and groups: approvers.</param>
/// <param name="AllowAuthor">Whether who made the deployment may confirm it.</param>
/// <param name="ExpiresAfterSeconds">How long it waits for them; default: a week.</param>
/// <param name="OnExpiry">What happens then.</param>
/// <param name="Groups">Whoever is in one of these groups when they confirm may as well; they need the role developer at least.</param>
public sealed record ConfirmRule(
    int Approvals = 1,
    IReadOnlyList<string>? Users = null,
    IReadOnlyList<Role>? Roles = null,
    bool AllowAuthor = true,
    int? ExpiresAfterSeconds = null,
    OnExpiry OnExpiry = OnExpiry.Reject,
    IReadOnlyList<string>? Groups = null);

/// <summary>What happens to a deployment that nobody confirmed in time.</summary>
public enum OnExpiry
{
    /// <summary>It counts as refused.</summary>
    Reject,

    /// <summary>What it did is taken back, also where a failure alone would not do that.</summary>
    Rollback,
}

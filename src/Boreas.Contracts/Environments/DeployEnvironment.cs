namespace Boreas.Contracts.Environments;

/// <summary>Where versions go. <c>Default</c>: the one that is used when a request names none, served at <c>/runtime/{appId}/</c>.</summary>
/// <param name="RequireConfirm">Whether every deployment waits for people before it changes what serves.</param>
public sealed record DeployEnvironment(
    string Id,
    string Name,
    string Project,
    bool Default,
    bool RequireConfirm,
    IReadOnlyList<string> NodeLabels,
    IReadOnlyDictionary<string, string> Variables,
    DateTimeOffset CreatedAt,
    ConfirmRule? Confirm = null,
    IReadOnlyList<Freeze>? Freezes = null);

/// <param name="Confirm">Replaces the rule as a whole, and turns <c>requireConfirm</c> on unless that is given too.</param>
/// <param name="Freezes">Replaces all windows; an empty list removes them.</param>
public sealed record EnvironmentInput(string? Name = null, string? Project = null, bool? Default = null, bool? RequireConfirm = null, IReadOnlyList<string>? NodeLabels = null, IReadOnlyDictionary<string, string>? Variables = null, ConfirmRule? Confirm = null, IReadOnlyList<Freeze>? Freezes = null);

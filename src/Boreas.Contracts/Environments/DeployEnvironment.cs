namespace Boreas.Contracts.Environments;

/// <summary>Where versions go. <c>Default</c>: the one that is used when a request names none, served at <c>/runtime/{appId}/</c>.</summary>
public sealed record DeployEnvironment(
    string Id,
    string Name,
    string Project,
    bool Default,
    bool RequireConfirm,
    IReadOnlyList<string> NodeLabels,
    IReadOnlyDictionary<string, string> Variables,
    DateTimeOffset CreatedAt);

public sealed record EnvironmentInput(string? Name = null, string? Project = null, bool? Default = null, bool? RequireConfirm = null, IReadOnlyList<string>? NodeLabels = null, IReadOnlyDictionary<string, string>? Variables = null);

using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Environments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Templates;
using Boreas.Contracts.Versions;
using Boreas.Engine.Planning;

namespace Boreas.Server.Deployments;

/// <summary>Everything that a deployment was created from, as it was then: a retry and a resumed run use the same inputs.</summary>
/// <param name="KeepWarmSeconds">How long what it replaced stays; null: as the server says.</param>
/// <param name="BreakGlass">Why it goes ahead though the environment is frozen.</param>
/// <param name="RollsBack">The deployment that it takes back.</param>
internal sealed record DeploymentSpec(
    string VersionId,
    string Version,
    string EnvironmentId,
    string Environment,
    bool DefaultEnvironment,
    IReadOnlyList<AppSnapshot> Apps,
    IReadOnlyList<string> MustInOrder,
    IReadOnlyList<DeployStep> Strategy,
    bool ManualApproval,
    IReadOnlyList<string> NodeLabels,
    IReadOnlyDictionary<string, string> Variables,
    string? Reason,
    string CreatedBy,
    string? Resumes = null,
    ConfirmRule? Confirm = null,
    int? KeepWarmSeconds = null,
    UsedTemplate? Template = null,
    string? BreakGlass = null,
    string? RollsBack = null);

/// <param name="Registry">Where its images are pushed or pulled; null: images stay in the engine that built them.</param>
/// <param name="Built">What an earlier deployment ran; then nothing is built again.</param>
/// <param name="SecretVersions">Which version of each of its secrets it is built and run with.</param>
/// <param name="ImageTag">What the image that is built is tagged; null: its commit.</param>
internal sealed record AppSnapshot(App App, AppRevision Revision, Registry? Registry = null, ReleaseSpec? Built = null, IReadOnlyDictionary<string, int>? SecretVersions = null, string? ImageTag = null);

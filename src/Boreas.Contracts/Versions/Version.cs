namespace Boreas.Contracts.Versions;

/// <summary>A named, immutable set of app revisions.</summary>
public sealed record AppVersion(string Id, string Name, string Project, IReadOnlyList<AppRevision> Apps, string CreatedBy, DateTimeOffset CreatedAt);

/// <param name="Ref">What was asked for; null for images.</param>
/// <param name="Commit">Full commit id, once it is known.</param>
/// <param name="Image">Image reference that is run without a build.</param>
/// <param name="Digest">Digest of the built image or artifact, once it is known.</param>
public sealed record AppRevision(string AppId, string? Ref = null, string? Commit = null, string? Image = null, string? Digest = null);

public sealed record VersionInput(string? Name = null, string? Project = null, IReadOnlyList<AppRevision>? Apps = null);

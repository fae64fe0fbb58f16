using Boreas.Agent.Instances;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Processes;

namespace Boreas.Agent.Containers;

/// <summary>
/// Makes the image of a release present on the node and says which one it is. What was deployed by digest is found by
/// digest or not at all: a tag that moved meanwhile never decides.
/// </summary>
internal static class ImageStore
{
    private const string LocalPrefix = "localhost/";

    public static async Task<InspectedImage> EnsureAsync(ContainerProgram engine, InstanceRecord record, InstanceFolder folder, CancellationToken ct)
    {
        var target = record.Release.Image ?? throw InstanceProblem.Failed(ProblemCodes.Invalid, "The release has no image.");
        var expected = record.Release.Digest ?? (target.Reference.Split('@') is [_, var given] ? given : null);
        if (await FindAsync(engine, target.Reference, expected, ct) is { } present) return present;
        var reference = expected is null ? target.Reference : ImageName.WithDigest(target.Reference, expected);
        if (target.Reference.StartsWith(LocalPrefix, StringComparison.Ordinal)) throw Missing(target.Reference);
        using (var login = RegistryLogin.Of(target, folder))
        {
            var pulled = await ProgramRunner.RunAsync(engine.Pull(reference, target, login.Folder), cancellation: ct);
            if (!pulled.Succeeded) throw EngineTrouble.OfPull(pulled, reference, target);
        }

        var image = await InspectAsync(engine, reference, ct) ?? throw Missing(reference);
        if (expected is not null && !image.Is(expected))
            throw InstanceProblem.Failed(ProblemCodes.DigestMismatch, $"{reference} was pulled and is {image.Digest(null)}.", "Deploy again; if it stays, the registry does not serve what it was given.");
        return image;
    }

    private static async Task<InspectedImage?> FindAsync(ContainerProgram engine, string reference, string? expected, CancellationToken ct)
    {
        // A tag of a registry may have moved: only asking the registry tells.
        if (expected is null) return ImageName.Registry(reference) is null ? await InspectAsync(engine, reference, ct) : null;
        foreach (var name in (string[])[ImageName.WithDigest(reference, expected), expected])
        {
            if (await InspectAsync(engine, name, ct) is { } image && image.Is(expected)) return image;
        }

        return null;
    }

    private static async Task<InspectedImage?> InspectAsync(ContainerProgram engine, string name, CancellationToken ct)
    {
        var result = await ProgramRunner.RunAsync(engine.InspectImage(name) with { TailLength = 4 << 20 }, cancellation: ct);
        return result.Succeeded ? InspectedImage.Read(result.Output) : null;
    }

    private static InstanceProblem Missing(string reference) => InstanceProblem.Failed(
        ProblemCodes.ImageMissingOnNode,
        $"The image {reference} is not on this node and is in no registry.",
        "Give the app an image repository, so that its image is pushed and every node can pull it, or run runner and agent on one machine.");
}

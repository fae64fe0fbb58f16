using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Instances;

/// <summary>Success means that what runs is what was built: the digest that the agent saw is the one that the release has.</summary>
internal static class Digests
{
    public static void Check(ReleaseSpec release, InstanceTarget target, string? running)
    {
        var expected = release.Artifact?.Digest ?? release.Digest;
        if (expected is null || Plain(expected) == Plain(running)) return;
        throw JobFailedException.Failed(
            ProblemCodes.DigestMismatch, $"{target.InstanceId} on {target.Node} runs {running ?? "something unknown"}, and {expected} was expected.",
            "The image was replaced in the registry, or the node kept an older one under the same name; deploy again with a build.");
    }

    private static string? Plain(string? digest) => digest?.StartsWith("sha256:", StringComparison.Ordinal) == true ? digest[7..] : digest;
}

using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Diagnosis;
using Boreas.Runner.Jobs;
using Boreas.Runner.Registries;
using Boreas.Runner.Workspaces;

namespace Boreas.Runner.Engines;

/// <summary>Builds an image and brings it to where nodes can pull it.</summary>
internal sealed class ImagePublisher(ContainerEngines engines, ContainerEngine engine, Workspace workspace, JobContext context)
{
    private const string PushedRepository = "localhost/boreas-pushed";
    private const int KeptPushed = 20;

    /// <summary>The local name under which a pushed image is found again by its digest, so that tests need not pull it.</summary>
    public static string LocalNameOf(string digest) => PushedRepository + ":" + digest.Replace("sha256:", "", StringComparison.Ordinal);

    public async Task<BuiltImage> PublishAsync(ImageBuild build, ImageTarget? target, CancellationToken cancellation)
    {
        var address = target is null ? null : ImageAddress.Parse(target.Reference);
        var login = RegistryLogin.Of(target, context);
        context.Log.Info($"Building an image with {engine.Program}");
        var id = await engine.BuildAsync(build, login, workspace, context.Log, cancellation);
        var asked = engine.ExposedPortAsync(id, cancellation);
        if (target is null || address is null) return new BuiltImage(build.Tag ?? id, id, Pushed: false, await asked);

        var digest = await PushAsync(id, address, target.PlainHttp, login, cancellation);
        var port = await asked;
        await engine.TagAsync(id, LocalNameOf(digest), cancellation);
        if (engines.ShouldTidy()) await engine.ForgetOldAsync(PushedRepository, KeptPushed, cancellation);
        context.Log.Info($"Pushed {address.Text}, {digest}");
        return new BuiltImage(address.AtDigest(digest), digest, Pushed: true, port, address.Tag);
    }

    private async Task<string> PushAsync(string id, ImageAddress address, bool plainHttp, RegistryLogin? login, CancellationToken cancellation)
    {
        context.Log.Info($"Pushing {address.Text}");
        var (result, digest) = await engine.PushAsync(id, address, plainHttp, login, workspace, context.Log, cancellation);
        if (!result.Succeeded)
            throw await RegistryDiagnosis.ExplainPushAsync(address, plainHttp, login, result.ErrorTail.Split('\n').LastOrDefault(line => line.Trim().Length > 0) ?? "", cancellation);
        if (digest is not null) return digest;

        // Docker prints the digest for people; the registry says it for programs.
        using var registry = new RegistryClient(address.Host, plainHttp, login);
        var answer = await registry.DigestAsync(address, cancellation);
        return answer.Digest ?? throw JobFailedException.Errored(ProblemCodes.RegistryUnreachable, $"The registry {address.Host} took the image and does not say its digest.", "Trying again may help.");
    }
}

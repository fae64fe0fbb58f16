using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Diagnosis;
using Boreas.Runner.Engines;
using Boreas.Runner.Jobs;
using Boreas.Runner.Plans;
using Boreas.Runner.Registries;
using Boreas.Runner.Workspaces;

namespace Boreas.Runner.Executors;

/// <summary>Finds the commit and how it is built, or the digest of an image that exists. Reads from Git directly; nothing is written out.</summary>
internal sealed class CheckoutExecutor(WorkspaceFolders workspaces, GitCaches git, ContainerEngines engines) : IExecutor
{
    public string Name => ExecutorNames.Checkout;

    public async Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var work = context.Work<CheckoutWork>();
        var result = work switch
        {
            { Source: { } source } => await OfSourceAsync(context, source, cancellation),
            { Image: { } image } => await OfImageAsync(context, image, cancellation),
            _ => throw JobFailedException.Invalid("The checkout", "needs a source or an image"),
        };
        return BoreasJson.ToElement(result);
    }

    private async Task<CheckoutResult> OfSourceAsync(JobContext context, SourceSpec source, CancellationToken cancellation)
    {
        using var workspace = workspaces.Create();
        context.Log.Info($"Fetching {source.Commit ?? source.Ref} of {source.RepositoryUrl}");
        var engine = await engines.FindAsync(cancellation);
        return await git.WithCommitAsync(source, workspace, context, async commit =>
        {
            context.Log.Info($"Commit {commit.Id[..12]}: {commit.Subject} ({commit.Author})");
            var found = await PlanFinder.FindAsync(commit.Tree, source, engine is not null, cancellation);
            context.Log.Info(found.Why);
            return new CheckoutResult(found.Plan, commit.Id, commit.Subject, commit.Author);
        }, cancellation);
    }

    private async Task<CheckoutResult> OfImageAsync(JobContext context, ImageTarget target, CancellationToken cancellation)
    {
        var image = ImageAddress.Parse(target.Reference);
        var login = RegistryLogin.Of(target, context);
        var digest = image.Host == "localhost" ? await LocalAsync(image, cancellation) : null;
        if (digest is null)
        {
            using var registry = new RegistryClient(image.Host, target.PlainHttp, login);
            var answer = await registry.DigestAsync(image, cancellation);
            digest = answer.Status == System.Net.HttpStatusCode.OK ? answer.Digest : null;
            if (digest is null) throw await RegistryDiagnosis.ExplainAsync(image, target.PlainHttp, login, answer, "pull", cancellation);
        }

        if (image.Digest is not null && image.Digest != digest)
            throw JobFailedException.Failed(ProblemCodes.DigestMismatch, $"The registry answered {digest} where {image.Digest} was asked for.", "Ask the registry's owner.");
        context.Log.Info($"{target.Reference} is {digest}");
        return new CheckoutResult(new BuildPlan(BuildKind.Image, target.Reference, [], []), Digest: digest);
    }

    /// <summary>Images of the engine itself are named <c>localhost/…</c> and are in no registry.</summary>
    private async Task<string?> LocalAsync(ImageAddress image, CancellationToken cancellation) =>
        await engines.FindAsync(cancellation) is { } engine ? await engine.LocalIdAsync(image.Text, cancellation) : null;
}

using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;
using Boreas.Server.Images;
using Boreas.Server.Secrets;

namespace Boreas.Server.Deployments;

/// <summary>What is known of one app of a deployment so far, and the inputs of its next task that follow from it.</summary>
internal sealed class AppResults(DeploymentInputs inputs, AppSnapshot snapshot)
{
    /// <summary>Names of job secrets that are not the app's own.</summary>
    public const string RegistryPassword = "boreas_registry";
    public const string RepositoryTicket = "boreas_repository";

    /// <summary>The port that an app listens on when nobody says otherwise.</summary>
    public const int DefaultPort = 3000;

    private const string DefaultHealthPath = "/";

    public IEnumerable<NeededSecret> SourceSecrets => snapshot.App.Source.CredentialSecret is { } name ? [NeededSecret.Newest(name)] : [];

    public IEnumerable<NeededSecret> Secrets => NeededSecret.Of(snapshot.App.Secrets, snapshot.SecretVersions);

    public CheckoutWork Checkout() => snapshot.Revision.Image is { } image
        ? new CheckoutWork(null, Target(image))
        : new CheckoutWork(Source(null));

    public BuildWork Build()
    {
        var checkout = Result<CheckoutResult>(RunTaskType.Prepare);
        return new BuildWork(snapshot.App.Id, Source(checkout.Commit), checkout.Plan, PushTarget(checkout.Commit!), $"localhost/boreas/app-{snapshot.App.Id}:{checkout.Commit}", Variables());
    }

    public TestWork Test() => new(snapshot.App.Id, Result<CheckoutResult>(RunTaskType.Prepare).Plan, Result<BuildResult>(RunTaskType.Build), Variables());

    public BuildResult? Built() => inputs.ResultOf<BuildResult>(snapshot.App.Id, RunTaskType.Build);

    public SourceSpec? SourceIfAny() => snapshot.Revision.Image is not null || snapshot.Built is not null ? null : Source(inputs.ResultOf<CheckoutResult>(snapshot.App.Id, RunTaskType.Prepare)?.Commit);

    public ReleaseSpec Release()
    {
        if (snapshot.Built is { } built) return built;
        var app = snapshot.App;
        var checkout = Result<CheckoutResult>(RunTaskType.Prepare);
        var build = checkout.Plan.Kind == BuildKind.Image ? null : Result<BuildResult>(RunTaskType.Build);
        var image = build is null ? Target(WithDigest(snapshot.Revision.Image!, checkout.Digest)) : build.Image is { } made ? Target(made.Reference) : null;
        return new ReleaseSpec(
            app.Id,
            inputs.Spec.Environment,
            inputs.Spec.Version,
            checkout.Commit,
            image,
            build is null ? checkout.Digest : build.Image?.Digest,
            build?.Artifact,
            checkout.Plan.Run,
            checkout.Plan.StaticFolder,
            app.ContainerPort != DefaultPort ? app.ContainerPort : checkout.Plan.Port ?? build?.Image?.ExposedPort ?? DefaultPort,
            app.HealthCheck.Path == DefaultHealthPath && checkout.Plan.HealthPath is { } path ? app.HealthCheck with { Path = path } : app.HealthCheck,
            app.Limits,
            Variables(),
            app.Secrets,
            snapshot.SecretVersions);
    }

    /// <summary>The environment's variables, and over them the app's own.</summary>
    public IReadOnlyDictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(inputs.Spec.Variables, StringComparer.Ordinal);
        foreach (var (name, value) in snapshot.App.Variables) variables[name] = value;
        return variables;
    }

    private SourceSpec Source(string? commit)
    {
        var source = snapshot.App.Source;
        return new SourceSpec(
            source.Embedded ? inputs.EmbeddedUrl(snapshot.App.Id) : source.RepositoryUrl ?? throw new InvalidOperationException($"app '{snapshot.App.Id}' has no source"),
            snapshot.Revision.Ref ?? source.Ref,
            commit ?? snapshot.Revision.Commit,
            source.BuildContext,
            source.DockerfilePath,
            source.Embedded ? RepositoryTicket : source.CredentialSecret,
            null,
            source.KnownHosts,
            source.Submodules,
            source.Embedded ? "embedded/" + snapshot.App.Id : null);
    }

    /// <summary>An image in the app's registry.</summary>
    public static ImageTarget Target(AppSnapshot app, string reference) => new(
        reference,
        app.Registry?.PlainHttp ?? false,
        app.Registry?.UserName,
        app.Registry?.HasPassword == true ? RegistryPassword : null);

    private ImageTarget? PushTarget(string commit) => Tidying.RepositoryOf(snapshot) is { } repository ? Target($"{repository}:{snapshot.ImageTag ?? commit}") : null;

    private ImageTarget Target(string reference) => Target(snapshot, reference);

    private static string WithDigest(string image, string? digest)
    {
        if (digest is null || image.Contains('@', StringComparison.Ordinal)) return image;
        var (slash, colon) = (image.LastIndexOf('/'), image.LastIndexOf(':'));
        return $"{(colon > slash ? image[..colon] : image)}@{digest}";
    }

    private T Result<T>(RunTaskType type)
        where T : class =>
        inputs.ResultOf<T>(snapshot.App.Id, type)
        ?? throw new JobFailureException(FailureKind.Failed, ProblemCodes.Invalid, $"The graph has no finished {type.ToString().ToLowerInvariant()} task of app '{snapshot.App.Id}' before this one.", "Add the task to the graph, or let Boreas plan the graph.");
}

using Boreas.Agent.Artifacts;
using Boreas.Agent.Instances;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;

namespace Boreas.Agent.Api;

/// <summary>Everything that is wrong with a request to start an instance, at once. What passes may become a path, a name or an argument.</summary>
internal static class StartRequestCheck
{
    private const int MaxVariableLength = 256 * 1024;

    public static IReadOnlyList<FieldProblem> Problems(StartInstanceRequest request)
    {
        var problems = new List<FieldProblem>();
        var release = request.Release;
        Parse<InstanceId>("instanceId", request.InstanceId);
        Parse<Slug>("release.appId", release.AppId);
        Parse<Slug>("release.environment", release.Environment);
        if (release.Version.Length is 0 or > 200 || release.Version.Any(char.IsControl)) Add("release.version", "must be 1 to 200 characters");
        if (release.Image is null == release.Artifact is null) Add("release.image", "either an image or an artifact must be given, and not both");
        if (release.Image is { } image && Containers.ImageName.Problem(image.Reference) is { } wrong) Add("release.image.reference", wrong);
        if (release.Image is not null && release.Digest is { } digest && !Containers.ImageName.IsDigest(digest)) Add("release.digest", "must be sha256: and 64 hexadecimal digits");
        if (release.Artifact is { } artifact && (artifact.Digest.Length != 64 || !artifact.Digest.All(char.IsAsciiHexDigitLower))) Add("release.artifact.digest", "must be 64 hexadecimal digits");
        if (release.Artifact is { Size: < 0 }) Add("release.artifact.size", "must not be negative");
        if (release.ContainerPort is < 1 or > 65535) Add("release.containerPort", "must be 1 to 65535");
        if (release.StaticFolder is { } folder) Parse<RelativePath>("release.staticFolder", folder);
        if (release.Command is { } command && (command.Count is 0 or > 1000 || command[0].Length == 0 || command.Any(word => word.Contains('\0', StringComparison.Ordinal)))) Add("release.command", "must be 1 to 1000 words without NUL");
        if (release.Limits.MemoryMb < 0 || release.Limits.Processes < 0 || release.Limits.Cpus is < 0 or > 1024 or double.NaN) Add("release.limits", "must not be negative");
        foreach (var (name, value) in release.Variables) Variable("release.variables", name, value);
        foreach (var name in release.SecretNames) Variable("release.secretNames", name, request.Secrets.GetValueOrDefault(name) ?? Missing(name));
        if (request.ArtifactUrl is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https")) Add("artifactUrl", "must be an http or https URL");
        if (request.Secrets.TryGetValue(ArtifactCache.SecretName, out var right) && right.Any(char.IsControl)) Add("secrets." + ArtifactCache.SecretName, "must be one line");
        return problems;

        void Add(string field, string message) => problems.Add(new FieldProblem(field, message));

        void Parse<T>(string field, string text)
            where T : struct, IParsedValue<T>
        {
            if (!T.TryParse(text, out _, out var error)) Add(field, error);
        }

        void Variable(string field, string name, string value)
        {
            if (!VariableName.TryParse(name, out _, out var error)) Add($"{field}.{name}", error);
            if (value.Contains('\0', StringComparison.Ordinal) || value.Length > MaxVariableLength) Add($"{field}.{name}", $"must be at most {MaxVariableLength} characters without NUL");
        }

        string Missing(string name)
        {
            Add("secrets." + name, "is missing: release.secretNames names it");
            return "";
        }
    }
}

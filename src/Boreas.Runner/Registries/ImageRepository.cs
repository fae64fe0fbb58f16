using System.Net;
using System.Text.Json;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Diagnosis;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Registries;

/// <summary>A manifest as it is stored; put again under another tag it is the same image.</summary>
internal sealed record Manifest(string Digest, byte[] Bytes, string MediaType);

/// <param name="Parts">Digests of the images that an index brings together; they go when it goes.</param>
internal sealed record FoundTag(string Tag, string Digest, IReadOnlyList<string> Parts);

/// <summary>The images of one repository, by the OCI distribution API.</summary>
internal sealed class ImageRepository(RegistryClient registry, ImageAddress image, ImageTarget target, RegistryLogin? login)
{
    private const int PageSize = 500;
    private const int MostPages = 1000;
    private static readonly string[] Indexes = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];

    public string Name => $"{image.Host}/{image.Repository}";

    /// <summary>All tags, sorted; none when the registry does not know the repository.</summary>
    public async Task<IReadOnlyList<string>> TagsAsync(CancellationToken cancellation)
    {
        var tags = new SortedSet<string>(StringComparer.Ordinal);
        var path = $"/v2/{image.Repository}/tags/list?n={PageSize}";
        for (var page = 0; path is not null; page++)
        {
            if (page == MostPages) throw JobFailedException.Failed(ProblemCodes.RegistryUnreachable, $"The list of tags of {Name} does not end.", "Ask the registry's owner.");
            var answer = await registry.AskAsync(new RegistryQuestion(HttpMethod.Get, path, Scope("pull")), cancellation);
            if (answer.Status == HttpStatusCode.NotFound) return [];
            if (!answer.Succeeded) throw await ExplainAsync(answer, "list the tags of", cancellation);
            tags.UnionWith(Strings(answer.Body!, "tags"));
            path = answer.Next;
        }

        return [.. tags];
    }

    /// <summary>What a tag names; null when there is none.</summary>
    public async Task<FoundTag?> FindAsync(string tag, CancellationToken cancellation)
    {
        var answer = await registry.DigestAsync(image with { Tag = tag, Digest = null }, cancellation);
        if (answer.Status == HttpStatusCode.NotFound) return null;
        if (answer is not { Status: HttpStatusCode.OK, Digest: { } digest }) throw await ExplainAsync(answer, "pull", cancellation);
        if (!Indexes.Contains(answer.MediaType)) return new FoundTag(tag, digest, []);
        return await ReadAsync(digest, cancellation) is { } index ? new FoundTag(tag, digest, PartsOf(index.Bytes)) : null;
    }

    /// <summary>A manifest by digest or tag; null when there is none.</summary>
    public async Task<Manifest?> ReadAsync(string reference, CancellationToken cancellation)
    {
        var answer = await registry.AskAsync(new RegistryQuestion(HttpMethod.Get, PathOf(reference), Scope("pull")), cancellation);
        if (answer.Status == HttpStatusCode.NotFound) return null;
        return answer is { Succeeded: true, Digest: { } digest, Body: { } bytes, MediaType: { } type } ? new Manifest(digest, bytes, type) : throw await ExplainAsync(answer, "pull", cancellation);
    }

    /// <summary>Lets a tag name this image, whatever it named before.</summary>
    public async Task TagAsync(Manifest manifest, string tag, CancellationToken cancellation)
    {
        var answer = await registry.AskAsync(new RegistryQuestion(HttpMethod.Put, PathOf(tag), Scope("pull,push"), manifest.Bytes, manifest.MediaType), cancellation);
        if (!answer.Succeeded) throw await ExplainAsync(answer, "push to", cancellation);
    }

    /// <summary>Deletes an image with all its tags.</summary>
    public Task DeleteAsync(string digest, CancellationToken cancellation) => DeleteAsync(PathOf(digest), Scope("pull,delete"), cancellation);

    /// <summary>Asks for the deletion of what a path of the registry names; what is not there is deleted.</summary>
    public async Task DeleteAsync(string path, string? scope, CancellationToken cancellation)
    {
        var answer = await registry.AskAsync(new RegistryQuestion(HttpMethod.Delete, path, scope), cancellation);
        if (answer.Succeeded || answer.Status == HttpStatusCode.NotFound) return;
        throw answer.Status switch
        {
            HttpStatusCode.MethodNotAllowed or HttpStatusCode.BadRequest or HttpStatusCode.NotImplemented => JobFailedException.Failed(ProblemCodes.RegistryKeepsImages, $"The registry {image.Host} deletes no images: it answered {(int)answer.Status}.",
                "Let it: for the registry of Distribution (registry:2) start it with REGISTRY_STORAGE_DELETE_ENABLED=true. Or keep all images: boreas server --keep-images 0."),
            HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict => JobFailedException.Failed(ProblemCodes.RegistryKeepsImages, $"The registry {image.Host} protects an image of {Name}: it answered {(int)answer.Status}.", "Look for a rule of immutable tags, or a signature, that keeps it."),

            // It let us read with this login.
            HttpStatusCode.Unauthorized => await ExplainAsync(answer with { Status = HttpStatusCode.Forbidden }, "delete from", cancellation),
            _ => await ExplainAsync(answer, "delete from", cancellation),
        };
    }

    /// <summary>Looks for Harbor, which can also take a tag from an image that stays.</summary>
    public async Task<HarborRepository?> FindHarborAsync(CancellationToken cancellation)
    {
        var answer = await registry.AskAsync(new RegistryQuestion(HttpMethod.Get, HarborRepository.PingPath, null), cancellation);
        return HarborRepository.Answers(answer) ? HarborRepository.Of(this, image.Repository) : null;
    }

    private Task<JobFailedException> ExplainAsync(RegistryAnswer answer, string action, CancellationToken cancellation) =>
        RegistryDiagnosis.ExplainAsync(image, target.PlainHttp, login, answer, action, cancellation);

    private string PathOf(string reference) => $"/v2/{image.Repository}/manifests/{reference}";

    private string Scope(string actions) => $"repository:{image.Repository}:{actions}";

    private static IEnumerable<string> PartsOf(JsonElement index) =>
        index.TryGetProperty("manifests", out var parts) && parts.ValueKind == JsonValueKind.Array ? parts.EnumerateArray().Select(part => part.TryGetProperty("digest", out var digest) ? digest.GetString() : null).OfType<string>() : [];

    private static List<string> PartsOf(byte[] index)
    {
        using var json = JsonDocument.Parse(index);
        return [.. PartsOf(json.RootElement)];
    }

    /// <summary>A list that has nothing may be null.</summary>
    private static List<string> Strings(byte[] body, string name)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(item => item.GetString()).OfType<string>()] : [];
    }
}

using System.Net;
using System.Text;

namespace Boreas.Runner.Registries;

/// <summary>A repository of Harbor, by Harbor's own API: there a tag can go and its image stay.</summary>
internal sealed class HarborRepository
{
    public const string PingPath = "/api/v2.0/ping";

    private readonly ImageRepository _repository;
    private readonly string _artifacts;

    private HarborRepository(ImageRepository repository, string project, string name) =>
        (_repository, _artifacts) = (repository, $"/api/v2.0/projects/{project}/repositories/{name.Replace("/", "%252F", StringComparison.Ordinal)}/artifacts");

    public static bool Answers(RegistryAnswer ping) => ping is { Status: HttpStatusCode.OK, Body: { } body } && Encoding.UTF8.GetString(body).Trim() == "Pong";

    /// <summary>The first part of a name is the project; null when there is nothing after it, which no repository of Harbor has.</summary>
    public static HarborRepository? Of(ImageRepository repository, string name) => name.Split('/', 2) is [var project, var rest] ? new HarborRepository(repository, project, rest) : null;

    /// <summary>Deletes an image with all its tags.</summary>
    public Task DeleteAsync(string digest, CancellationToken cancellation) => _repository.DeleteAsync($"{_artifacts}/{digest}", null, cancellation);

    public Task DeleteTagAsync(string digest, string tag, CancellationToken cancellation) => _repository.DeleteAsync($"{_artifacts}/{digest}/tags/{tag}", null, cancellation);
}

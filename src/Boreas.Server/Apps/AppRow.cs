using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Jobs;

namespace Boreas.Server.Apps;

internal sealed class AppRow
{
    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    public string Project { get; set; } = "";

    public string OwnerId { get; set; } = "";

    public string? OwnerName { get; set; }

    public string Source { get; set; } = "";

    public string? ImageRepository { get; set; }

    public string? Registry { get; set; }

    public int ContainerPort { get; set; }

    public string HealthCheck { get; set; } = "";

    public int Replicas { get; set; }

    public string Limits { get; set; } = "";

    public string Variables { get; set; } = "";

    public bool StickySessions { get; set; }

    public int Version { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public App ToApp(IReadOnlyList<string> secrets, IReadOnlyList<AppEndpoint> endpoints) =>
        new(Id, Name, Project, OwnerName ?? OwnerId, Read<AppSource>(Source), ImageRepository, Registry, ContainerPort, Read<HealthCheckSpec>(HealthCheck), Replicas,
            Read<LimitsSpec>(Limits), Read<Dictionary<string, string>>(Variables), secrets, endpoints, CreatedAt, UpdatedAt, StickySessions);

    /// <summary>Takes over what was checked; who and when is the caller's to set.</summary>
    public void Set(AppSettings settings)
    {
        Name = settings.Name;
        Source = Write(settings.Source);
        ImageRepository = settings.ImageRepository;
        Registry = settings.Registry;
        ContainerPort = settings.ContainerPort;
        HealthCheck = Write(settings.HealthCheck);
        Replicas = settings.Replicas;
        Limits = Write(settings.Limits);
        Variables = Write(settings.Variables);
        StickySessions = settings.StickySessions;
    }

    private static string Write<T>(T value) => JsonSerializer.Serialize(value, BoreasJson.Options);

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, BoreasJson.Options)!;
}

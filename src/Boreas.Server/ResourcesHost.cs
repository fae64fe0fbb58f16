using Boreas.Server.Apps;
using Boreas.Server.Artifacts;
using Boreas.Server.Environments;
using Boreas.Server.Images;
using Boreas.Server.Registries;
using Boreas.Server.Secrets;
using Boreas.Server.Storage;
using Boreas.Server.Versions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Boreas.Server;

/// <summary>How a host gets apps, environments, versions, registries, secrets and artifacts. Comes after access.</summary>
public static class ResourcesHost
{
    public static IServiceCollection AddBoreasResources(this IServiceCollection services)
    {
        services.AddSingleton<SecretBox>();
        services.AddSingleton(s => new SecretStore(s.GetRequiredService<Database>(), s.GetRequiredService<SecretBox>()));
        services.AddSingleton(s => new ArtifactStore(s.GetRequiredService<ServerOptions>(), s.GetRequiredService<TimeProvider>()));
        services.AddHostedService<ArtifactCleanup>();
        services.AddHostedService<SecretCleanup>();
        services.AddSingleton(s => new ArtifactTickets(s.GetRequiredService<IDataProtectionProvider>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new ResourcesBootstrap(s.GetRequiredService<Journal>()));
        return services;
    }

    public static IEndpointRouteBuilder MapBoreasResources(this IEndpointRouteBuilder app)
    {
        app.MapApps();
        app.MapEnvironments();
        app.MapVersions();
        app.MapRegistries();
        app.MapImages();
        app.MapSecrets();
        app.MapArtifacts();
        return app;
    }
}

/// <summary>What resources need at start, before the first request.</summary>
public sealed class ResourcesBootstrap
{
    private readonly Journal _journal;

    internal ResourcesBootstrap(Journal journal) => _journal = journal;

    /// <summary>Creates the project <c>default</c> with its environment <c>production</c> when there is no environment at all.</summary>
    public Task EnsureDefaultsAsync(CancellationToken cancellationToken = default)
    {
        var id = Ids.New("env");
        return _journal.WriteAsync(transaction =>
        {
            if (EnvironmentQueries.Any(transaction.Connection)) return;
            EnvironmentQueries.Insert(transaction, new EnvironmentQueries.EnvironmentRow
            {
                Id = id, Name = "production", Project = EnvironmentQueries.DefaultProject, IsDefault = true, CreatedAt = transaction.Now,
            });
        }, cancellationToken);
    }
}

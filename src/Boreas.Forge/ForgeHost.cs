using Boreas.Forge.Access;
using Boreas.Forge.Backend;
using Boreas.Forge.ControlPlane;
using Boreas.Forge.Progress;
using Boreas.Forge.Pushes;
using Boreas.Forge.Repositories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Boreas.Forge;

/// <summary>The two calls that make an application host the embedded Git.</summary>
public static class ForgeHost
{
    /// <exception cref="ArgumentException">Options are out of range; the message names each.</exception>
    public static IServiceCollection AddBoreasForge(this IServiceCollection services, ForgeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<ControlPlaneClient>();
        services.AddSingleton<Doorkeeper>();
        services.AddSingleton<RepositoryStore>();
        services.AddSingleton<HttpBackend>();
        services.AddSingleton<DeploymentFollower>();
        services.AddSingleton<PushDelivery>();
        services.AddSingleton<PushExchange>();
        services.AddHostedService<PushBacklog>();
        return services;
    }

    /// <summary>
    /// Serves <c>/git/{name}.git</c> by Git's smart protocol. The forge checks tokens itself (with the control plane), so
    /// its routes are open to whatever authentication the application has.
    /// </summary>
    public static RouteGroupBuilder MapBoreasForge(this IEndpointRouteBuilder app) => SmartHttpApi.Map(app);
}

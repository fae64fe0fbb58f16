using Boreas.Agent.Access;
using Boreas.Agent.Api;
using Boreas.Agent.Artifacts;
using Boreas.Agent.Containers;
using Boreas.Agent.Files;
using Boreas.Agent.Heartbeats;
using Boreas.Agent.Instances;
using Boreas.Agent.Processes;
using Boreas.Contracts.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Agent;

/// <summary>Puts an agent into a web application, its own or one that other parts share.</summary>
public static class AgentHost
{

    /// <exception cref="ArgumentException">The options are wrong; the message names each and its fix.</exception>
    public static IServiceCollection AddBoreasAgent(this IServiceCollection services, AgentOptions options)
    {
        if (options.Problems() is { Count: > 0 } problems) throw new ArgumentException("The agent cannot start: " + string.Join("; ", problems) + ".");
        PrivateFile.CreateFolder(options.DataDirectory);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(NodeKey.LoadOrCreate(options.DataDirectory));
        services.AddSingleton<TicketFilter>();
        services.AddSingleton<NodeAddress>();
        services.AddSingleton<ChangeSignal>();
        services.AddSingleton<PortPicker>();
        services.AddSingleton<AppEnvironment>();
        services.AddSingleton(provider => new InstanceFolders(options.DataDirectory, provider.GetRequiredService<ILogger<InstanceFolders>>()));
        services.AddSingleton<AgentHttp>();
        services.AddSingleton(provider => new ArtifactCache(options, provider.GetRequiredService<AgentHttp>().Client, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ProcessRuntime>();
        services.AddSingleton<EngineDetector>();
        services.AddSingleton<ContainerRuntime>();
        services.AddSingleton<InstanceRegistry>();
        services.AddSingleton<IHostedService, AgentWorker>();
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<HeartbeatWorker>(provider, provider.GetRequiredService<AgentHttp>().Client));
        return services;
    }

    public static void MapBoreasAgent(this IEndpointRouteBuilder app) => AgentApi.Map(app);

    private sealed class AgentHttp : IDisposable
    {
        public HttpClient Client { get; } = new(new OutboundHandler()) { Timeout = Timeout.InfiniteTimeSpan };

        public void Dispose() => Client.Dispose();
    }
}

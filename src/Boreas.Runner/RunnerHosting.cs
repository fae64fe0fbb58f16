using Boreas.Runner.Artifacts;
using Boreas.Runner.Engines;
using Boreas.Runner.Executors;
using Boreas.Runner.Instances;
using Boreas.Runner.Jobs;
using Boreas.Runner.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Boreas.Runner;

public static class RunnerHosting
{
    /// <summary>Adds a runner to the host: it claims jobs from the control plane and does them, and needs no inbound port.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message names every problem.</exception>
    public static IServiceCollection AddBoreasRunner(this IServiceCollection services, RunnerOptions options)
    {
        if (options.Problems() is { Count: > 0 } problems) throw new ArgumentException("The runner's options are wrong: " + string.Join("; ", problems) + ".");

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<ControlPlaneClient>();
        services.AddSingleton<ContainerEngines>();
        services.AddSingleton<WorkspaceFolders>();
        services.AddSingleton<GitCaches>();
        services.AddSingleton<ArtifactStore>();
        services.AddSingleton<AgentClient>();
        services.AddSingleton<HealthProbe>();
        services.AddSingleton<InstanceStarter>();
        services.AddSingleton<TrafficSwitch>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<IExecutor, CheckoutExecutor>();
        services.AddSingleton<IExecutor, BuildExecutor>();
        services.AddSingleton<IExecutor, TestExecutor>();
        services.AddSingleton<IExecutor, DeployExecutor>();
        services.AddSingleton<IExecutor, HealthCheckExecutor>();
        services.AddSingleton<IExecutor, WatchExecutor>();
        services.AddSingleton<IExecutor, RestoreExecutor>();
        services.AddSingleton<IExecutor, MoveExecutor>();
        services.AddSingleton<IExecutor, TidyImagesExecutor>();
        services.AddSingleton<IExecutor, CommandExecutor>();
        services.AddSingleton<IExecutor, NothingExecutor>();
        services.AddHostedService<RunnerLoop>();
        return services;
    }
}

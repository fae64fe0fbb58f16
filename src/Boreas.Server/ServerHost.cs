using Boreas.Server.Access;
using Boreas.Server.Apps;
using Boreas.Server.Deployments;
using Boreas.Server.Jobs;
using Boreas.Server.Live;
using Boreas.Server.Nodes;
using Boreas.Server.Operations;
using Boreas.Server.Pushes;
using Boreas.Server.Routes;
using Boreas.Server.Runners;
using Boreas.Server.Storage;
using Boreas.Server.Templates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Boreas.Server;

/// <summary>
/// The control plane: the queue of jobs, the registry of runners and nodes, placement, state and audit. It starts
/// no program, and calls nobody but agents, for what their apps write. <c>AddBoreasServer</c> and <c>MapBoreasServer</c> put it into a host; <see cref="Start"/>
/// brings its database up to date before the first request.
/// </summary>
public static class ServerHost
{
    public static IServiceCollection AddBoreasServer(this IServiceCollection services, ServerOptions options)
    {
        options.Validated();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(Database.Create(options.DatabaseTarget));
        services.AddSingleton(new JournalOptions(options.LeaseSeconds));
        services.AddSingleton<Stopping>();
        services.AddSingleton<Journal>();
        services.AddSingleton<RunnerRegistry>();
        services.AddSingleton<NodeRegistry>();
        services.AddSingleton<InstanceLogs>();
        services.AddSingleton<AppLogs>();
        services.AddSingleton<GatewayRegistry>();
        services.AddSingleton<RouteTables>();
        services.AddSingleton<AppEndpoints>();
        services.AddSingleton<RepositoryTickets>();
        services.AddSingleton<JobComposer>();
        services.AddSingleton<DeploymentViews>();
        services.AddSingleton<DeploymentActions>();
        services.AddSingleton<DeploymentPreview>();
        services.AddSingleton<WorkflowEdits>();
        services.AddHostedService<PushQueue>();
        services.AddSingleton<NodeWatch>();
        services.AddHostedService(s => s.GetRequiredService<NodeWatch>());
        services.AddBoreasAccess(options);
        services.AddBoreasResources();
        return services;
    }

    public static void MapBoreasServer(this WebApplication app)
    {
        app.MapBoreasAccess();
        app.MapBoreasResources();
        app.MapJobs();
        app.MapDirectJobs();
        app.MapAppLogs();
        app.MapDeployments();
        app.MapTasks();
        app.MapWorkflow();
        app.MapTemplates();
        app.MapRunners();
        app.MapNodes();
        app.MapRoutes();
        app.MapPushes();
        app.MapLive();
        app.MapOperations();
    }

    /// <summary>Migrates the database, reads the active runs and begins to take commands.</summary>
    public static void Start(IServiceProvider services) => services.GetRequiredService<Journal>().Start();
}

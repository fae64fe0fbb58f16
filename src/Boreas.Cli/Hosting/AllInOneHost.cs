using Boreas.Agent;
using Boreas.Cli.Output;
using Boreas.Forge;
using Boreas.Gateway;
using Boreas.Runner;
using Boreas.Server;
using Boreas.Server.Access;
using Boreas.Server.Storage;
using Boreas.Server.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Boreas.Cli.Hosting;

/// <summary>What a server process is made of.</summary>
/// <param name="Listen">Where it listens.</param>
/// <param name="Inside">Where its own parts reach it.</param>
/// <param name="ControlPlaneOnly">Without runner, agent, gateway and embedded Git: those run elsewhere.</param>
/// <param name="WebDirectory">The built web UI; null: none.</param>
internal sealed record AllInOneOptions(Uri Listen, Uri Inside, ServerOptions Server, string NodeName, bool ControlPlaneOnly = false, string? WebDirectory = null, AgentEngine Engine = AgentEngine.Auto, int RunnerCapacity = 4);

/// <summary>
/// All of Boreas in one process. The parts still talk through their real interfaces, over HTTP on the loopback address,
/// each with a token of its own kind that is made anew at every start.
/// </summary>
internal static class AllInOneHost
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(25);

    /// <param name="announce">Told of the first administrator, once, on the first start.</param>
    public static async Task<ExitCode> RunAsync(AllInOneOptions options, Func<FirstAdministrator, Task> announce, Func<Task> serving, CancellationToken cancel)
    {
        PartHost.RequireInit();
        PartHost.RequireFree(options.Listen);
        InternalTokens? tokens = null;
        var builder = PartHost.Builder(options.Listen);
        PartHost.Checked(() =>
        {
            builder.Services.AddBoreasServer(options.Server);
            if (!options.ControlPlaneOnly) AddParts(builder.Services, options, () => tokens);
        });
        builder.Services.Configure<HostOptions>(host =>
        {
            // The parts talk to each other to the end: none of them is to wait for another one's open question.
            host.ServicesStopConcurrently = true;
            host.ShutdownTimeout = StopWithin;
        });
        await using var app = builder.Build();
        Map(app, options);
        tokens = await PrepareAsync(app.Services, options, announce, cancel);
        await PartHost.StartAsync(app, options.Listen, cancel);
        await serving();
        await app.WaitForShutdownAsync(cancel);
        return PartHost.Ended(cancel);
    }

    /// <summary>Brings the database to this release, with what every installation has; the tokens of the parts in this process.</summary>
    private static async Task<InternalTokens?> PrepareAsync(IServiceProvider services, AllInOneOptions options, Func<FirstAdministrator, Task> announce, CancellationToken cancel)
    {
        try
        {
            ServerHost.Start(services);
            await services.GetRequiredService<ResourcesBootstrap>().EnsureDefaultsAsync(cancel);
            var access = services.GetRequiredService<AccessBootstrap>();
            if (await access.EnsureAdministratorAsync(cancel) is { } first) await announce(first);
            return options.ControlPlaneOnly ? null : await access.IssueInternalTokensAsync(options.NodeName, cancel);
        }
        catch (Exception refused) when (StorageTrouble.Of(refused) is { } trouble)
        {
            throw new CommandFailure(ExitCode.Failed, trouble.What, trouble.Advice, refused);
        }
        catch (NewerSchemaException newer)
        {
            throw new CommandFailure(ExitCode.Failed, newer.Message, cause: newer);
        }
    }

    private static void Map(WebApplication app, AllInOneOptions options)
    {
        if (!options.ControlPlaneOnly) app.UseBoreasGateway();
        app.UseWebSockets();
        app.UseBoreasAccess();
        app.MapBoreasServer();
        if (!options.ControlPlaneOnly)
        {
            app.MapBoreasAgent();
            app.MapBoreasForge();
        }

        app.UseBoreasWeb(options.WebDirectory);
    }

    private static void AddParts(IServiceCollection services, AllInOneOptions options, Func<InternalTokens?> tokens)
    {
        var data = options.Server.DataDirectory;
        services.AddBoreasGateway(new GatewayOptions { ControlPlane = options.Inside, Token = () => tokens()?.Gateway ?? "", Name = options.NodeName, DataDirectory = Path.Combine(data, "gateway") });
        services.AddBoreasForge(new ForgeOptions { ControlPlane = options.Inside, Token = () => tokens()?.Forge ?? "", DataDirectory = Path.Combine(data, "forge") });
        services.AddBoreasAgent(new AgentOptions
        {
            ControlPlane = options.Inside, Token = () => tokens()?.Agent ?? "", Url = options.Inside, Name = options.NodeName, Engine = options.Engine,
            DataDirectory = Path.Combine(data, "agent"), StopAppsOnExit = true,
        });
        services.AddBoreasRunner(new RunnerOptions
        {
            ControlPlane = options.Inside, Token = () => tokens()?.Runner ?? "", Name = options.NodeName, DataDirectory = Path.Combine(data, "runner"), Capacity = options.RunnerCapacity,
        });
    }
}

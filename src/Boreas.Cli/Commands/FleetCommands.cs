using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Fleet;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas runners | routes</c>: the machines that do the work, and where requests go.</summary>
internal static class FleetCommands
{
    public static Command Runners(CommandKit kit) => kit.Remote("runners", "Show the runners and what they do now", [], async (call, cancel) =>
    {
        var answer = await call.Api.GetAsync(ApiPath.Of("runners"), cancel);
        call.Print.Answer(answer, () => call.Print.Rows(
            ["NAME", "STATUS", "LABELS", "JOBS", "SEEN", "VERSION"],
            answer.Read<Page<RunnerInfo>>().Items.Select(r => (IReadOnlyList<string?>)[r.Name, r.Status, string.Join(", ", r.Labels), $"{r.Jobs.Count} of {r.Capacity}", Look.Ago(r.SeenAt, call.Terminal.Time), Look.Version(r.Version)]),
            "No runner has ever come. Start one with 'boreas runner'."));
        return ExitCode.Ok;
    });

    public static Command Routes(CommandKit kit) => kit.Remote("routes", "Show where the gateways send requests", [], async (call, cancel) =>
    {
        var answer = await call.Api.GetAsync(ApiPath.Of("routes"), cancel);
        call.Print.Answer(answer, () =>
        {
            var routes = answer.Read<RoutesInfo>();
            call.Print.Rows(
                ["PREFIX", "APP", "ENVIRONMENT", "INSTANCE", "ADDRESS", "WEIGHT"],
                routes.Routes.SelectMany(route => route.Targets.Select(to => (IReadOnlyList<string?>)[route.Prefix, route.AppId, route.Environment, to.InstanceId, to.Address, $"{to.Weight}"])),
                "No app is routed to yet.");
            foreach (var gateway in routes.Gateways)
                call.Print.Note(Terminal.Clean($"gateway {gateway.Name}: {(gateway.Alive ? "alive" : "lost")}, seen {Look.Ago(gateway.SeenAt, call.Terminal.Time)}, table {gateway.Version} of {routes.Version}"));
        });
        return ExitCode.Ok;
    });
}

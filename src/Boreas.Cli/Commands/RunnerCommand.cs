using System.CommandLine;
using Boreas.Cli.Hosting;
using Boreas.Runner;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas runner</c>: takes jobs and does them.</summary>
internal static class RunnerCommand
{
    public static Command Build(CommandKit kit)
    {
        var part = new PartOptions();
        var engine = new Option<EnginePreference>("--engine") { Description = "What builds images (default: auto)", HelpName = "auto|podman|docker|none" };
        return kit.Local("runner", "Take jobs from the server named by --server, and do them", [.. part.Place, part.Labels, part.Capacity, engine], async (call, cancel) =>
        {
            var token = await HostToken.FindAsync(call, kit, cancel);
            var options = new RunnerOptions
            {
                ControlPlane = PartOptions.ControlPlane(call, kit),
                Token = token.Read,
                DataDirectory = part.Data(call),
                Name = part.Name(call),
                Labels = call.Get(part.Labels) ?? [],
                EnginePreference = call.Get(engine),
            };
            if (call.Get(part.Capacity) is { } capacity) options = options with { Capacity = capacity };
            return await PartHost.RunAsync(services => services.AddBoreasRunner(options), cancel);
        });
    }
}

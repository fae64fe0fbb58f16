using System.CommandLine;
using Boreas.Agent;
using Boreas.Cli.Configuration;
using Boreas.Cli.Hosting;
using Boreas.Cli.Output;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas agent</c>: runs apps on this machine.</summary>
internal static class AgentCommand
{
    public static Command Build(CommandKit kit)
    {
        var part = new PartOptions();
        var listen = PartOptions.Listen("http://127.0.0.1:5090");
        var url = new Option<string?>("--url") { Description = "Address at which runners and the server reach it (default: where it listens)", HelpName = "URL" };
        var engine = new Option<AgentEngine>("--engine") { Description = "What runs images (default: auto)", HelpName = "auto|podman|docker|process" };
        var bind = new Option<string?>("--bind") { Description = "IP address on which apps accept connections (default: 127.0.0.1)", HelpName = "IP" };
        return kit.Local("agent", "Run apps on this machine, for the server named by --server", [.. part.Place, part.Labels, part.Capacity, listen, url, engine, bind], async (call, cancel) =>
        {
            var token = await HostToken.FindAsync(call, kit, cancel);
            var address = PartOptions.Address(call, listen);
            if (call.Option(url) is null && PartOptions.IsEverywhere(address))
                throw new CommandFailure(ExitCode.Usage, $"Runners cannot be sent to {address.Host}: it stands for every address of this machine.", "Say with --url which one they reach.");
            var options = new AgentOptions
            {
                ControlPlane = PartOptions.ControlPlane(call, kit),
                Token = token.Read,
                Url = call.Option(url) is { } reached ? Connection.ParseServer(reached) : address,
                DataDirectory = part.Data(call),
                Name = part.Name(call),
                Engine = call.Get(engine),
                Labels = call.Get(part.Labels) ?? [],
            };
            if (call.Get(part.Capacity) is { } capacity) options = options with { Capacity = capacity };
            if (call.Option(bind) is { } ip) options = options with { BindAddress = ip };
            return await PartHost.RunAsync(address, services => services.AddBoreasAgent(options), app => app.MapBoreasAgent(), cancel);
        });
    }
}

using System.CommandLine;
using Boreas.Cli.Hosting;
using Boreas.Forge;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas forge</c>: hosts the embedded Git.</summary>
internal static class ForgeCommand
{
    public static Command Build(CommandKit kit)
    {
        var part = new PartOptions();
        var listen = PartOptions.Listen("http://127.0.0.1:5060");
        return kit.Local("forge", "Host the embedded Git, for the server named by --server, which is told where by its --git-url", [.. part.Place, listen], async (call, cancel) =>
        {
            var token = await HostToken.FindAsync(call, kit, cancel);
            var options = new ForgeOptions
            {
                ControlPlane = PartOptions.ControlPlane(call, kit),
                Token = token.Read,
                Name = part.Name(call),
                DataDirectory = part.Data(call),
            };
            return await PartHost.RunAsync(PartOptions.Address(call, listen), services => services.AddBoreasForge(options), app => app.MapBoreasForge(), cancel);
        });
    }
}

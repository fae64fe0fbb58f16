using System.CommandLine;
using Boreas.Cli.Hosting;
using Boreas.Gateway;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas gateway</c>: sends requests to the instances of apps.</summary>
internal static class GatewayCommand
{
    public static Command Build(CommandKit kit)
    {
        var part = new PartOptions();
        var listen = PartOptions.Listen("http://127.0.0.1:5070");
        var trust = new Option<bool>("--trust-forwarded-headers") { Description = "Believe X-Forwarded-*: every request comes through a proxy of yours" };
        return kit.Local("gateway", "Send requests to apps, by the routes of the server named by --server", [.. part.Place, listen, trust], async (call, cancel) =>
        {
            var token = await HostToken.FindAsync(call, kit, cancel);
            var options = new GatewayOptions
            {
                ControlPlane = PartOptions.ControlPlane(call, kit),
                Token = token.Read,
                Name = part.Name(call),
                DataDirectory = part.Data(call),
                TrustForwardedHeaders = call.Get(trust),
            };
            return await PartHost.RunAsync(PartOptions.Address(call, listen), services => services.AddBoreasGateway(options), app => app.UseBoreasGateway(), cancel);
        });
    }
}

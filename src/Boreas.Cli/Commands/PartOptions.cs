using System.CommandLine;
using System.Net;
using Boreas.Cli.Configuration;
using Boreas.Cli.Hosting;
using Boreas.Cli.Output;

namespace Boreas.Cli.Commands;

/// <summary>What every part that runs on its own is told.</summary>
internal sealed class PartOptions
{
    private readonly Option<string?> name = new("--name") { Description = "Name of this one, unlike any other of its kind (default: the one it had before in this folder, at first the host's)", HelpName = "NAME" };
    private readonly Option<string?> data = new("--data") { Description = "Folder for its state (default: ./data)", HelpName = "DIR" };

    public Option<string[]> Labels { get; } = new("--label") { Description = "What work may ask for; may be repeated", HelpName = "LABEL" };

    public Option<int?> Capacity { get; } = new("--capacity") { Description = "How many at a time", HelpName = "N" };

    public IEnumerable<Option> Place => [name, data];

    public string Name(Call call) => PartName.Of(call.Option(name), Data(call));

    public string Data(Call call) => Path.GetFullPath(call.Option(data) ?? "data");

    public static Option<string?> Listen(string address) =>
        new("--listen") { Description = $"Address to listen on (default: {address})", HelpName = "URL", DefaultValueFactory = _ => address };

    /// <summary>An address to listen on; port 0 takes any that is free.</summary>
    public static Uri Address(Call call, Option<string?> listen)
    {
        var address = Connection.ParseServer(call.Option(listen)!);
        return address.AbsolutePath == "/" ? address : throw new CommandFailure(ExitCode.Usage, $"'{address}' has a path; an address to listen on has none.");
    }

    /// <summary>Whether it stands for every address of the machine (<c>0.0.0.0</c>, <c>[::]</c>), so that nobody can be sent there.</summary>
    public static bool IsEverywhere(Uri address) => IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));

    /// <summary>Where somebody on this machine reaches what listens at <paramref name="address"/>.</summary>
    public static Uri OnThisMachine(Uri address) =>
        IsEverywhere(address) ? new UriBuilder(address) { Host = address.HostNameType == UriHostNameType.IPv6 ? "[::1]" : "127.0.0.1" }.Uri : address;

    public static Uri ControlPlane(Call call, CommandKit kit) =>
        Connection.FindSaved(call.Terminal, call.Option(kit.Server), call.Option(kit.Context)).Server;
}

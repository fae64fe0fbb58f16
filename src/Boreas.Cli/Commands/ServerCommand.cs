using System.CommandLine;
using Boreas.Agent;
using Boreas.Cli.Configuration;
using Boreas.Cli.Hosting;
using Boreas.Cli.Output;
using Boreas.Server;
using Boreas.Server.Access;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas server</c>: the control plane, and on one machine everything else with it.</summary>
internal static class ServerCommand
{
    public static Command Build(CommandKit kit)
    {
        var part = new PartOptions();
        var listen = PartOptions.Listen("http://127.0.0.1:5080");
        var url = new Option<string?>("--url") { Description = "Address that people, runners and Git clients use (default: where it listens, or 127.0.0.1 where that is every address)", HelpName = "URL" };
        var git = new Option<string?>("--git-url") { Description = "Address of the embedded Git when 'boreas forge' runs it (default: the server's own)", HelpName = "URL" };
        var database = new Option<string?>("--database") { Description = "SQLite file, or postgres://… for several control planes (default: DATA/boreas.db)", HelpName = "TARGET" };
        var web = new Option<string?>("--web") { Description = "Folder of the built web UI (default: 'web' beside the executable)", HelpName = "DIR" };
        var engine = new Option<AgentEngine>("--engine") { Description = "What runs images on this machine (default: auto)", HelpName = "auto|podman|docker|process" };
        var only = new Option<bool>("--control-plane-only") { Description = "Without runner, agent, gateway and embedded Git, which run elsewhere" };
        var keepWarm = new Option<string>("--keep-warm") { Description = "How long what a deployment replaced stays for a switch back at once: 60s, 10m, 0", HelpName = "TIME", DefaultValueFactory = _ => "60s" };
        var lease = new Option<string>("--lease") { Description = "How long a runner may be silent before its task is given to another: 2s to 5m", HelpName = "TIME", DefaultValueFactory = _ => "15s" };
        var images = new Option<int>("--keep-images") { Description = "How many of an app's newest images stay in its registry, beside those that run or can be rolled back to; 0: all", DefaultValueFactory = _ => 3 };
        var quota = new Option<int>("--max-apps-per-user") { Description = "How many apps a user may have running or deploying", DefaultValueFactory = _ => 3 };
        return kit.Local("server", "Run Boreas: the control plane, with runner, agent, gateway and Git unless told otherwise", [.. part.Place, listen, url, git, database, web, engine, only, quota, keepWarm, lease, images], async (call, cancel) =>
        {
            var address = PartOptions.Address(call, listen);
            if (address.Port == 0 && !call.Get(only)) throw new CommandFailure(ExitCode.Usage, "The parts of one process must know the port: 0 is none.", "Name one with --listen.");
            var data = part.Data(call);
            Directory.CreateDirectory(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var options = new AllInOneOptions(
                address,
                PartOptions.OnThisMachine(address),
                new ServerOptions
                {
                    DataDirectory = data,
                    Database = call.Option(database) ?? call.Terminal.Environment("BOREAS_DATABASE"),
                    PublicUrl = call.Option(url) is { } known ? Connection.ParseServer(known) : PartOptions.OnThisMachine(address),
                    GitUrl = call.Option(git) is { } elsewhere ? Connection.ParseServer(elsewhere) : null,
                    MaxAppsPerUser = call.Get(quota),
                    LeaseSeconds = StrategyText.Seconds("--lease", call.Get(lease)!),
                    KeepImages = call.Get(images),
                    KeepWarmSeconds = StrategyText.Seconds("--keep-warm", call.Get(keepWarm)!),
                },
                part.Name(call),
                call.Get(only),
                call.Option(web) ?? Path.Combine(AppContext.BaseDirectory, "web"),
                call.Get(engine));
            return await AllInOneHost.RunAsync(
                options,
                first => AnnounceAsync(call, data, first),
                () => call.Terminal.Out.WriteLineAsync($"Boreas serves {options.Server.PublicUrl}"),
                cancel);
        });
    }

    private static async Task AnnounceAsync(Call call, string data, FirstAdministrator first)
    {
        var file = Path.Combine(data, "admin-token");
        await using (var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        await using (var writer = new StreamWriter(stream)) await writer.WriteLineAsync(first.Token);
        var output = call.Terminal.Out;
        await output.WriteLineAsync($"The first administrator, shown this once:\n  name      {first.Name}\n  password  {first.Password}\n  token     {first.Token}\nThe token is also in {file}, which only you can read.");
    }
}

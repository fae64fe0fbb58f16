using System.CommandLine;
using Boreas.Agent;
using Boreas.Cli.Output;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas serve-static</c>: what an agent starts for apps that are files. Nobody types it.</summary>
internal static class ServeStaticCommand
{
    public static Command Build(CommandKit kit)
    {
        var folder = new Argument<string>("FOLDER") { Description = "Folder to serve" };
        var port = new Option<int>("--port") { Description = "Port to listen on", HelpName = "N", Required = true };
        var command = kit.Local("serve-static", "Serve a folder of files", [folder, port], async (call, cancel) =>
        {
            try
            {
                await StaticSite.RunAsync(call.Get(folder), call.Get(port), cancel);
                return ExitCode.Ok;
            }
            catch (DirectoryNotFoundException missing)
            {
                throw new CommandFailure(ExitCode.NotFound, missing.Message, cause: missing);
            }
        });
        command.Hidden = true;
        return command;
    }
}

using System.Globalization;
using Boreas.Agent.Instances;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Processes;

namespace Boreas.Agent.Processes;

/// <summary>From a release to the program that is started: the app's command, or our own server of static files.</summary>
internal static class AppCommand
{
    public static ProgramStart Of(ReleaseSpec release, string app, IReadOnlyDictionary<string, string> environment, int port, IReadOnlyList<string> self)
    {
        if (release.StaticFolder is { } folder)
        {
            var root = Path.Combine(app, ParsedValue.Parse<RelativePath>(folder).Value);
            if (!Directory.Exists(root))
                throw InstanceProblem.Failed(ProblemCodes.BuildPlanInvalid, $"The artifact has no folder '{folder}' to serve.", "Name the folder that the build writes.");
            return new ProgramStart(self[0], [.. self.Skip(1), "serve-static", root, "--port", port.ToString(CultureInfo.InvariantCulture)])
            {
                WorkingDirectory = app,
                Environment = environment,
            };
        }

        if (release.Command is not { Count: > 0 } command)
            throw InstanceProblem.Failed(ProblemCodes.BuildPlanInvalid, "The release has neither a command nor a static folder.", "Say how the app is run, for example run: 'node server.js' in boreas.yaml.");
        var words = ProgramCommand.Expand(command, environment);
        return new ProgramStart(Program(words[0], app, environment), [.. words.Skip(1)]) { WorkingDirectory = app, Environment = environment };
    }

    private static string Program(string name, string app, IReadOnlyDictionary<string, string> environment)
    {
        var path = name.Contains('/', StringComparison.Ordinal)
            ? ProgramPath.Find(Path.GetFullPath(Path.Combine(app, name)))
            : ProgramPath.Find(name, environment["PATH"]);
        return path ?? throw InstanceProblem.Failed(
            ProblemCodes.ProgramMissing,
            name.Contains('/', StringComparison.Ordinal) ? $"The app's command '{name}' is not an executable file of the artifact." : $"The program '{name}' is not installed on the node.",
            "Install it on the node, build an image instead, or correct the app's command.");
    }
}

using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Processes;
using Boreas.Runner.Jobs;
using Boreas.Runner.Workspaces;

namespace Boreas.Runner.Executors;

/// <summary>
/// Commands of a repository, run as plain processes: nothing of the runner's own environment but what every program
/// needs, a home that goes with the workspace, and package caches that stay.
/// </summary>
internal sealed class UserCommands(WorkspaceFolders folders, Workspace workspace, IReadOnlyDictionary<string, string> variables, TimeProvider time)
{
    /// <summary>Runs one command and logs what it writes; ends with the job's deadline at the latest.</summary>
    /// <exception cref="JobFailedException">The program is missing or the command is empty.</exception>
    public async Task<ProgramResult> RunAsync(JobContext context, IReadOnlyList<string> command, string folder, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellation)
    {
        var environment = Environment(secrets);
        var words = ProgramCommand.Expand(command, environment);
        if (words.Count == 0 || words[0].Length == 0) throw JobFailedException.Invalid("The command", "must not be empty");
        var program = words[0].StartsWith("./", StringComparison.Ordinal) ? InCheckout(folder, words[0][2..]) : words[0];
        context.Log.Info("$ " + string.Join(' ', command));
        var left = context.Job.Deadline - time.GetUtcNow();
        var start = new ProgramStart(program, [.. words.Skip(1)]) { WorkingDirectory = folder, Environment = environment, Timeout = left > TimeSpan.Zero && left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1) };
        try
        {
            return await ProgramRunner.RunAsync(start, context.Log.AddAsync, cancellation);
        }
        catch (ProgramMissingException)
        {
            throw JobFailedException.Failed(ProblemCodes.ProgramMissing, $"The program '{words[0]}' is not installed on this runner.", $"Install '{words[0]}' on the runner, or add a Dockerfile that brings it.");
        }
    }

    private static string InCheckout(string folder, string path) =>
        RelativePath.TryParse(path, out var parsed, out var error) ? CheckoutPath.Resolve(folder, parsed) : throw JobFailedException.Invalid($"The program './{path}'", error);

    private Dictionary<string, string> Environment(IReadOnlyDictionary<string, string> secrets)
    {
        var environment = BaseEnvironment.Create();
        environment["HOME"] = workspace.Home;
        environment["TMPDIR"] = workspace.Temporary;
        environment["CI"] = "true";
        environment["npm_config_cache"] = folders.PackageCache("npm");
        environment["YARN_CACHE_FOLDER"] = folders.PackageCache("yarn");
        environment["pnpm_config_store_dir"] = folders.PackageCache("pnpm");
        environment["NUGET_PACKAGES"] = folders.PackageCache("nuget");
        environment["GOMODCACHE"] = folders.PackageCache("go");
        environment["PIP_CACHE_DIR"] = folders.PackageCache("pip");
        environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        environment["DOTNET_NOLOGO"] = "1";

        // Build servers would outlive the job.
        environment["MSBUILDDISABLENODEREUSE"] = "1";
        environment["UseSharedCompilation"] = "false";
        foreach (var (name, value) in variables.Concat(secrets))
        {
            if (VariableName.TryParse(name, out _, out _)) environment[name] = value;
        }

        return environment;
    }
}

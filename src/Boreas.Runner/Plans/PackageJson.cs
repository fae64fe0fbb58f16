using System.Text.Json;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Processes;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Plans;

/// <summary>A Node project: which package manager its lock file asks for, and its scripts.</summary>
internal sealed class PackageJson
{
    private const string FileName = "package.json";
    private const string NoTests = "no test specified";
    private readonly JsonElement _root;

    private PackageJson(JsonElement root) => _root = root;

    public static async Task<FoundPlan?> FindAsync(FileTree tree, CancellationToken cancellation)
    {
        if (await ReadAsync(tree, cancellation) is not { } package) return null;
        var build = package.BuildCommands(tree);
        if (!package.StartsDevServer() && package.RunCommand(tree) is { } run)
            return new FoundPlan(new BuildPlan(BuildKind.Commands, FileName, build, package.TestCommands(), run), $"Building as package.json says, running '{string.Join(' ', run)}'{Instead(tree)}");
        if (package.Script("build") is not null && package.BundlerFolder() is { } folder)
            return new FoundPlan(new BuildPlan(BuildKind.Static, FileName, build, package.TestCommands(), null, folder), $"Building as package.json says, serving the folder {folder}{Instead(tree)}");
        return null;
    }

    /// <summary>Null when there is none.</summary>
    public static async Task<PackageJson?> ReadAsync(FileTree tree, CancellationToken cancellation)
    {
        if (await tree.ReadAsync(FileName, cancellation) is not { } text) return null;
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            if (document.RootElement.ValueKind == JsonValueKind.Object) return new PackageJson(document.RootElement.Clone());
            throw JobFailedException.Failed(ProblemCodes.BuildPlanInvalid, "package.json must hold an object.");
        }
        catch (JsonException e)
        {
            throw JobFailedException.Failed(ProblemCodes.BuildPlanInvalid, $"package.json is not JSON: {e.Message}", "Correct the file and push again.", e);
        }
    }

    public IReadOnlyList<IReadOnlyList<string>> BuildCommands(FileTree tree)
    {
        var commands = new List<IReadOnlyList<string>>();
        var manager = Manager(tree);
        if (NeedsInstall(tree))
        {
            commands.Add((manager, HasLock(tree)) switch
            {
                ("yarn", _) => ["yarn", "install", "--frozen-lockfile"],
                ("pnpm", _) => ["pnpm", "install", "--frozen-lockfile"],
                (_, true) => ["npm", "ci"],
                _ => ["npm", "install"],
            });
        }

        if (Script("build") is not null) commands.Add([manager, "run", "build"]);
        return commands;
    }

    public IReadOnlyList<IReadOnlyList<string>> TestCommands() =>
        Script("test") is not { } test || test.Contains(NoTests, StringComparison.Ordinal) ? []
        : PassesWithoutTests(test) ? [["npm", "test", "--", "--passWithNoTests"]]
        : [["npm", "test"]];

    /// <summary>Generators write a test script into projects that have no tests yet; these runners can be told that this is no failure.</summary>
    private static bool PassesWithoutTests(string script) =>
        ProgramCommand.TrySplit(script, out var words, out _) && (words[0] is "jest" or "vitest" or "react-scripts") && words.All(w => w != "--passWithNoTests");

    private IReadOnlyList<string>? RunCommand(FileTree tree)
    {
        if (Script("start") is { } start)
        {
            // Started without npm in between, the app itself receives the request to end.
            return ProgramCommand.TrySplit(start, out var words, out _) && words[0] == "node" ? words : ["npm", "start"];
        }

        var main = _root.TryGetProperty("main", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        main = main is not null && tree.HasFile(Plain(main)) ? Plain(main) : main is null && tree.HasFile("server.js") ? "server.js" : null;
        return main is not null && RelativePath.TryParse(main, out _, out _) ? ["node", main] : null;
    }

    /// <summary>A bundler's own server is for the developer's machine; what it builds is files.</summary>
    private bool StartsDevServer() =>
        Script("build") is not null && BundlerFolder() is not null
        && Script("start") is { } start && ProgramCommand.TrySplit(start, out var words, out _) && (words[0] is "react-scripts" or "vite" or "parcel");

    /// <summary>Where the bundlers that people use put a site.</summary>
    private string? BundlerFolder() => Depends("vite") ? "dist" : Depends("react-scripts") ? "build" : Depends("parcel") ? "dist" : null;

    private static string Plain(string path) => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;

    /// <summary>The manager that the lock file asks for; npm, which also reads yarn.lock, where that one is not installed.</summary>
    private static string Manager(FileTree tree) => Wanted(tree) is var wanted && IsMissing(wanted) ? "npm" : wanted;

    private static string Wanted(FileTree tree) => tree.HasFile("pnpm-lock.yaml") ? "pnpm" : tree.HasFile("yarn.lock") ? "yarn" : "npm";

    private static bool IsMissing(string manager) => manager != "npm" && ProgramPath.Find(manager) is null;

    private static string Instead(FileTree tree) => Wanted(tree) is var wanted && IsMissing(wanted) ? $" ({wanted} is not installed on this runner: npm installs the packages instead)" : "";

    private static bool HasLock(FileTree tree) => tree.HasFile("package-lock.json") || tree.HasFile("npm-shrinkwrap.json");

    private bool NeedsInstall(FileTree tree) =>
        Manager(tree) != "npm" || HasLock(tree) || ((string[])["dependencies", "devDependencies", "optionalDependencies", "workspaces"]).Any(name => _root.TryGetProperty(name, out _));

    private bool Depends(string package) =>
        ((string[])["dependencies", "devDependencies"]).Any(name => _root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Object && list.TryGetProperty(package, out _));

    private string? Script(string name) =>
        _root.TryGetProperty("scripts", out var scripts) && scripts.ValueKind == JsonValueKind.Object && scripts.TryGetProperty(name, out var script) && script.ValueKind == JsonValueKind.String
            ? script.GetString() : null;
}

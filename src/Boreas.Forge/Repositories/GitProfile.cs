using System.Globalization;
using Boreas.Processes;

namespace Boreas.Forge.Repositories;

/// <summary>
/// The one environment in which Git runs here. Nothing is inherited but <c>PATH</c>; no configuration file counts, of
/// the machine, of a user or (where it would differ) of a repository: settings given by environment stand above files,
/// so that an update of Boreas applies to every repository at once. No hook of any repository ever runs.
/// </summary>
internal static class GitProfile
{
    private static readonly (string Key, string Value)[] Settings =
    [
        ("core.hooksPath", "/dev/null"),
        ("core.attributesFile", "/dev/null"),
        ("core.fsync", "committed"), // What a pusher was told is kept survives a power failure.
        ("safe.directory", "*"), // Folders are ours by path; their owner may be another in a container's volume.
        ("http.receivepack", "true"),
        ("http.uploadpack", "true"),
        ("http.getanyfile", "false"),
        ("receive.denyNonFastForwards", "false"),
        ("receive.denyDeletes", "false"),
        ("receive.denyDeleteCurrent", "refuse"), // HEAD is the deploy branch.
        ("receive.autogc", "false"), // Runs after the answer instead: RepositoryStore.TidyAsync.
        ("receive.advertisePushOptions", "false"),
        ("transfer.fsckObjects", "true"),
        ("uploadpack.allowAnySHA1InWant", "true"),
        ("uploadpack.allowFilter", "true"),
        ("gc.auto", "2000"),
        ("gc.autoDetach", "false"),
        ("protocol.allow", "never"),
    ];

    /// <param name="home">An empty folder.</param>
    /// <param name="maxPushBytes">Git ends a push whose pack is larger.</param>
    public static Dictionary<string, string> Environment(string home, long? maxPushBytes = null)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? ProgramPath.Default,
            ["HOME"] = home,
            ["LANG"] = "C.UTF-8",
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_ATTR_NOSYSTEM"] = "1",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_TERMINAL_PROMPT"] = "0",
        };
        var count = 0;
        foreach (var (key, value) in Settings) Set(key, value);
        if (maxPushBytes is { } cap) Set("receive.maxInputSize", cap.ToString(CultureInfo.InvariantCulture));
        result["GIT_CONFIG_COUNT"] = count.ToString(CultureInfo.InvariantCulture);
        return result;

        void Set(string key, string value)
        {
            result[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_KEY_{count}")] = key;
            result[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_VALUE_{count}")] = value;
            count++;
        }
    }
}

using System.Globalization;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Runner.Jobs;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Boreas.Runner.Plans;

/// <summary>
/// <c>boreas.yaml</c> beside the sources: <c>build</c>, <c>test</c> (a command, or a list of commands), <c>run</c> (a command,
/// or its list of arguments), <c>static</c> (a folder to serve), <c>port</c>, <c>health</c>. Anything else in it is refused,
/// because a mistyped key that is ignored is found last. A file that describes a whole system (<c>apps</c>) says nothing
/// about how one is built.
/// </summary>
internal sealed record BoreasYaml(
    IReadOnlyList<IReadOnlyList<string>>? Build,
    IReadOnlyList<IReadOnlyList<string>>? Test,
    IReadOnlyList<string>? Run,
    string? StaticFolder,
    int? Port,
    string? Health)
{
    public const string FileName = "boreas.yaml";
    private static readonly string[] Keys = ["build", "test", "run", "static", "port", "health"];

    /// <summary>Whether it says what runs; otherwise it only adds to what other files say.</summary>
    public bool Decides => Run is not null || StaticFolder is not null;

    public BuildPlan ToPlan() => new(StaticFolder is null ? BuildKind.Commands : BuildKind.Static, FileName, Build ?? [], Test ?? [], Run, StaticFolder, Port, Health);

    public static async Task<BoreasYaml?> ReadAsync(FileTree tree, CancellationToken cancellation)
    {
        if (!tree.HasFile(FileName)) return null;
        return Parse(await tree.ReadAsync(FileName, cancellation)
            ?? throw JobFailedException.Failed(ProblemCodes.BuildPlanInvalid, "boreas.yaml is a symbolic link, or larger than 1 MiB.", "Make it a plain, small file."));
    }

    /// <exception cref="JobFailedException">Names every problem with its line, and the fix.</exception>
    public static BoreasYaml Parse(string text)
    {
        var problems = new List<string>();
        var values = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        var root = Root(text);
        if (root.Children.ContainsKey("apps")) return new BoreasYaml(null, null, null, null, null, null);
        foreach (var (key, value) in root.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (Keys.Contains(name)) values[name] = value;
            else problems.Add($"line {key.Start.Line}: '{name}' is not a key of boreas.yaml; {Nearest(name)}the keys are {string.Join(", ", Keys)}");
        }

        var result = new BoreasYaml(
            Commands(values, "build", problems), Commands(values, "test", problems), RunOf(values, problems),
            Scalar<RelativePath>(values, "static", problems), PortOf(values, problems), Scalar<UrlPath>(values, "health", problems));
        if (result is { Run: not null, StaticFolder: not null })
            problems.Add($"line {values["static"].Start.Line}: 'static' and 'run' exclude each other; keep 'run' for an app that serves itself, 'static' for files that are served as they are");
        if (result is { Build: not null, Decides: false } && problems.Count == 0)
            problems.Add($"line {values["build"].Start.Line}: 'build' needs 'run' or 'static' beside it, which say what the build's result is");
        if (problems.Count > 0) throw Invalid(problems);
        return result;
    }

    private static YamlMappingNode Root(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count == 0) return new YamlMappingNode();
            if (stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode map) return map;
            throw Invalid(["line 1: the file must be one document of 'key: value' lines, for example 'run: node server.js'"]);
        }
        catch (YamlException e)
        {
            throw Invalid([string.Create(CultureInfo.InvariantCulture, $"line {e.Start.Line}: this is not YAML: {(e.InnerException?.Message ?? e.Message).TrimEnd('.')}")]);
        }
    }

    private static IReadOnlyList<IReadOnlyList<string>>? Commands(Dictionary<string, YamlNode> values, string key, List<string> problems)
    {
        if (!values.TryGetValue(key, out var node)) return null;
        if (node is not YamlSequenceNode list) return Command(node, key, problems) is { } one ? [one] : [];
        return [.. list.Select(item => item is YamlSequenceNode words ? Words(words, key, problems) : Command(item, key, problems)).OfType<IReadOnlyList<string>>()];
    }

    private static IReadOnlyList<string>? RunOf(Dictionary<string, YamlNode> values, List<string> problems) =>
        !values.TryGetValue("run", out var node) ? null
        : node is YamlSequenceNode words ? Words(words, "run", problems)
        : Command(node, "run", problems);

    private static IReadOnlyList<string>? Command(YamlNode node, string key, List<string> problems)
    {
        if (node is not YamlScalarNode { Value: { } text }) return Wrong<IReadOnlyList<string>>(node, key, "must be a command, or a list", problems);
        return ProgramCommand.TrySplit(text, out var arguments, out var error) ? arguments : Wrong<IReadOnlyList<string>>(node, key, error, problems);
    }

    private static IReadOnlyList<string>? Words(YamlSequenceNode words, string key, List<string> problems)
    {
        var texts = words.Children.Select(word => (word as YamlScalarNode)?.Value).ToList();
        return texts.Count > 0 && texts.All(text => text is not null) && texts[0]!.Length > 0 ? [.. texts.OfType<string>()]
            : Wrong<IReadOnlyList<string>>(words, key, "must be a list of texts: the program and its arguments", problems);
    }

    private static int? PortOf(Dictionary<string, YamlNode> values, List<string> problems)
    {
        if (!values.TryGetValue("port", out var node)) return null;
        if (node is YamlScalarNode { Value: { } text } && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536) return port;
        Wrong<object>(node, "port", "must be a number from 1 to 65535", problems);
        return null;
    }

    private static string? Scalar<T>(Dictionary<string, YamlNode> values, string key, List<string> problems)
        where T : struct, IParsedValue<T>
    {
        if (!values.TryGetValue(key, out var node)) return null;
        if (node is not YamlScalarNode { Value: { } text }) return Wrong<string>(node, key, "must be one text", problems);
        return T.TryParse(key == "static" && text.Length > 1 ? text.TrimEnd('/') : text, out var value, out var error) ? value.Value : Wrong<string>(node, key, error, problems);
    }

    private static T? Wrong<T>(YamlNode node, string key, string error, List<string> problems)
        where T : class
    {
        problems.Add(string.Create(CultureInfo.InvariantCulture, $"line {node.Start.Line}: '{key}' {error}"));
        return null;
    }

    private static string Nearest(string name) =>
        Keys.FirstOrDefault(key => name.Length > 0 && (key.StartsWith(name, StringComparison.OrdinalIgnoreCase) || name.StartsWith(key, StringComparison.OrdinalIgnoreCase))) is { } near
            ? $"did you mean '{near}'? " : "";

    private static JobFailedException Invalid(IReadOnlyList<string> problems) =>
        JobFailedException.Failed(ProblemCodes.BuildPlanInvalid, "boreas.yaml is wrong: " + string.Join("; ", problems) + ".", "Correct the named lines and push again.");
}

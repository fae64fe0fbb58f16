using System.Globalization;
using System.Text.Json;
using Boreas.Cli.Files;
using Boreas.Cli.Output;
using Boreas.Contracts;
using Boreas.Engine.Planning;

namespace Boreas.Cli.Commands;

/// <summary>A strategy as it is typed: one of the usual ones by name, or a file with the steps.</summary>
internal static class StrategyText
{
    private const string Examples = "For example: --strategy blue-green, canary:10%:5m, rolling:2:30s, or the name of a file with {\"strategy\": [{\"batchSize\": 1, \"batchInterval\": 300, \"canaryRatio\": 0.1}, {\"canaryRatio\": 1}]}";

    /// <exception cref="CommandFailure">It is none of them; the sentence says what is wrong.</exception>
    public static IReadOnlyList<DeployStep> Read(string text)
    {
        var parts = text.Split(':');
        return parts[0] switch
        {
            "blue-green" when parts.Length == 1 => [new DeployStep()],
            "canary" when parts.Length <= 3 => [new DeployStep(CanaryRatio: parts.Length > 1 ? Ratio(parts[1]) : 0.1, BatchInterval: parts.Length > 2 ? Seconds("--strategy", parts[2]) : 300), new DeployStep(CanaryRatio: 1)],
            "rolling" when parts.Length <= 3 => [new DeployStep(BatchSize: parts.Length > 1 ? Size(parts[1]) : 1, BatchInterval: parts.Length > 2 ? Seconds("--strategy", parts[2]) : 0)],
            _ when File.Exists(text) => Steps(text, TextFiles.Read(text, text)),
            _ => throw new CommandFailure(ExitCode.Usage, $"'{text}' is neither a strategy nor a file.", Examples),
        };
    }

    /// <summary>A span as people write it: <c>90</c>, <c>90s</c>, <c>5m</c>, <c>1h</c>; in seconds.</summary>
    public static int Seconds(string option, string text)
    {
        var unit = text.Length > 0 ? text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 } : 0;
        return int.TryParse(unit == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 86_400
            ? number * Math.Max(1, unit)
            : throw new CommandFailure(ExitCode.Usage, $"{option} has '{text}', which is no time.", "Write seconds, or a number with s, m or h: 90, 30s, 5m, 1h.");
    }

    private static double Ratio(string text)
    {
        var percent = text.EndsWith('%');
        return double.TryParse(percent ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? percent ? number / 100 : number
            : throw new CommandFailure(ExitCode.Usage, $"'{text}' is no share of traffic.", "Write 10% or 0.1.");
    }

    private static int Size(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new CommandFailure(ExitCode.Usage, $"'{text}' is no number of instances.", Examples);

    /// <summary>YAML is a superset of JSON: both are read as YAML and given to the same reader as JSON.</summary>
    private static IReadOnlyList<DeployStep> Steps(string file, string text)
    {
        try
        {
            var json = YamlJson.Read(text);
            var steps = json.ValueKind == JsonValueKind.Object ? json.EnumerateObject().FirstOrDefault(p => p.Name.Equals("strategy", StringComparison.OrdinalIgnoreCase)).Value : json;
            if (steps.ValueKind != JsonValueKind.Array) throw new CommandFailure(ExitCode.Usage, $"{file} holds no list of steps.", Examples);
            return BoreasJson.Read<List<DeployStep>>(steps);
        }
        catch (Exception e) when (e is JsonException or YamlDotNet.Core.YamlException)
        {
            throw new CommandFailure(ExitCode.Usage, $"{file} cannot be read as a strategy: {e.Message}", Examples);
        }
    }
}

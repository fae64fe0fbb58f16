using System.Globalization;
using System.Text.Json;
using Boreas.Engine.Runs;
using Spectre.Console;

namespace Boreas.Cli.Output;

/// <summary>How states, times and ids look, everywhere the same.</summary>
internal static class Look
{
    public static string Text(RunStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    public static string Text(RunTaskStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    public static string Text(RunTaskType type) => JsonNamingPolicy.SnakeCaseLower.ConvertName(type.ToString());

    public static string Icon(RunTaskStatus status) => status switch
    {
        RunTaskStatus.Success => "✔",
        RunTaskStatus.Failed => "✘",
        RunTaskStatus.Running => "▶",
        RunTaskStatus.WaitingConfirm => "?",
        RunTaskStatus.Cancelled => "■",
        RunTaskStatus.RolledBack => "↩",
        _ => "·",
    };

    /// <summary>Colour of a state word, wherever it stands; other text has none.</summary>
    public static Style Of(string word) => word switch
    {
        "success" or "online" or "ready" or "healthy" or "serving" => new Style(Color.Green),
        "failed" or "lost" => new Style(Color.Red),
        "running" => new Style(Color.Blue),
        "waiting_confirm" or "rolled_back" or "cordoned" or "draining" => new Style(Color.Yellow),
        "pending" or "blocked" or "cancelled" => new Style(Color.Grey),
        _ => Style.Plain,
    };

    public static bool Ended(RunStatus status) => status is RunStatus.Success or RunStatus.Failed or RunStatus.RolledBack or RunStatus.Cancelled;

    public static bool Ended(RunTaskStatus status) => status is RunTaskStatus.Success or RunTaskStatus.Failed or RunTaskStatus.RolledBack or RunTaskStatus.Cancelled;

    public static string Duration(double? seconds) => seconds switch
    {
        null => "",
        < 0.9995 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, seconds.Value) * 1000:0} ms"),
        < 59.95 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 3600} h {(int)seconds % 3600 / 60} min"),
    };

    public static string Ago(DateTimeOffset? at, TimeProvider time)
    {
        if (at is not { } then) return "never";
        var past = time.GetUtcNow() - then;
        return past switch
        {
            { TotalSeconds: < 2 } => "now",
            { TotalSeconds: < 90 } => $"{(int)past.TotalSeconds} s ago",
            { TotalMinutes: < 90 } => $"{(int)past.TotalMinutes} min ago",
            { TotalHours: < 36 } => $"{(int)past.TotalHours} h ago",
            _ => $"{(int)past.TotalDays} days ago",
        };
    }

    public static string Moment(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A version without most of the commit that it was built from.</summary>
    public static string? Version(string? version) => version?.IndexOf('+', StringComparison.Ordinal) is { } at and >= 0 && version.Length > at + 9 ? version[..(at + 9)] : version;

    public static string Commit(string? commit) => commit is { Length: > 12 } ? commit[..12] : commit ?? "";
}

using System.Globalization;
using Boreas.Contracts.Agents;

namespace Boreas.Agent.Logs;

/// <summary>Lines as container engines write them: <c>2026-11-20T21:49:01.041464163+00:00 stdout F text</c> in files, <c>2026-…Z text</c> from their log commands.</summary>
internal static class ContainerLogLine
{
    public static InstanceLogLine? FromFile(string line) =>
        line.Split(' ', 4) is [var time, var stream and ("stdout" or "stderr"), _, var text] && Time(time) is { } at ? new InstanceLogLine(at, stream, text) : null;

    public static InstanceLogLine? FromCommand(string line, bool isError) =>
        line.Split(' ', 2) is [var time, var text] && Time(time) is { } at ? new InstanceLogLine(at, isError ? "stderr" : "stdout", text) : null;

    public static string ToFile(InstanceLogLine line) => $"{line.Timestamp.ToString("O", CultureInfo.InvariantCulture)} {line.Stream} F {line.Message}";

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}

using System.Text.Json;
using Boreas.Cli.Output;
using Boreas.Contracts;
using Boreas.Contracts.Apps;

namespace Boreas.Cli.Commands;

/// <summary>What the running instances of an app write, line by line with the instance's name.</summary>
internal static class AppLog
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static async Task<ExitCode> ShowAsync(Call call, AppLogOptions options, bool follow, CancellationToken cancel)
    {
        var any = false;
        var path = options.Path(call, follow);
        while (true)
        {
            await foreach (var line in call.Api.LinesAsync(path, cancel))
            {
                any = true;
                Write(call.Print, line);
            }

            if (!follow) break;

            // The server ends a stream after a while, and when it is stopped: then it is asked again, and failing that says why.
            await Task.Delay(Pause, call.Terminal.Time, cancel);
            path = options.Path(call, follow, before: 0);
        }

        if (!any) call.Print.Note("No instance of it runs there, or none has written anything. 'boreas nodes' shows what runs.");
        return ExitCode.Ok;
    }

    private static void Write(Printer print, string json)
    {
        if (print.Json)
        {
            print.Line(json);
            return;
        }

        var line = JsonSerializer.Deserialize<AppLogLine>(json, BoreasJson.Options)!;
        print.Line(Terminal.Clean($"{line.Timestamp.ToUniversalTime():HH:mm:ss.fff} {line.Instance} │ {(line.Stream == "stdout" ? "" : line.Stream + ": ")}{line.Message}"));
    }
}

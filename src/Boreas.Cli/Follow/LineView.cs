using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;

namespace Boreas.Cli.Follow;

/// <summary>Follows a deployment in lines that stay: each task's start, its log when asked for, its end with its time.</summary>
internal sealed class LineView(ApiClient api, Printer print, bool logs)
{
    private readonly Dictionary<string, (TaskLogReader Reader, Task Reading)> open = [];
    private readonly Dictionary<string, (RunTaskStatus Status, int Attempt, string? WaitingFor)> told = [];
    private string? title;
    private string? waiting;

    public async Task<Deployment> ShowAsync(IAsyncEnumerable<Deployment> states, CancellationToken cancel)
    {
        Deployment? last = null;
        await foreach (var state in states.WithCancellation(cancel))
        {
            last = state;
            Head(state);
            foreach (var task in state.Tasks.OrderBy(task => task.CompletedAt ?? DateTimeOffset.MaxValue).ThenBy(task => task.Order)) await TellAsync(state, task, cancel);
            if (state.WaitingFor != waiting && (waiting = state.WaitingFor) is not null) Say($"· {waiting}");
        }

        foreach (var task in open.Keys.ToList()) await CloseAsync(task);
        Say($"{last!.Tasks.Count(task => task.Status == RunTaskStatus.Success)} of {last.Tasks.Count} tasks done: {DeploymentText.Title(last)}");
        foreach (var line in DeploymentText.Ending(last)) Say(line);
        return last;
    }

    private void Head(Deployment state)
    {
        if (title is not null) return;
        title = DeploymentText.Title(state);
        Say(title);
    }

    private async Task TellAsync(Deployment state, DeploymentTask task, CancellationToken cancel)
    {
        var now = (task.Status, task.Attempt, task.Status is RunTaskStatus.Pending or RunTaskStatus.WaitingConfirm ? task.WaitingFor : null);
        if (told.TryGetValue(task.Id, out var before) && before == now) return;
        var known = told.ContainsKey(task.Id);
        told[task.Id] = now;
        var name = $"{task.AppId} {task.Name}".Trim();
        switch (task.Status)
        {
            case RunTaskStatus.Running:
                Start(state, task, name, cancel);
                break;
            case RunTaskStatus.WaitingConfirm:
                Say($"? {name}: {task.WaitingFor ?? "waits for a person"}. Go on with 'boreas confirm {state.Id} {task.Id}'");
                break;
            case RunTaskStatus.Pending when task.WaitingFor is not null && known:
                Say($"· {name}: {task.WaitingFor}");
                break;
            case var status when Look.Ended(status):
                if (task.StartedAt is not null && !open.ContainsKey(task.Id) && logs) Start(state, task, name, cancel);
                await CloseAsync(task.Id);
                Say($"{Look.Icon(status)} {name}  {Look.Duration(task.Duration)}{(status == RunTaskStatus.Success ? "" : $" {Look.Text(status)}")}{(task.Failure is { } failure ? $": {failure.Message} [{failure.Code}]" : "")}");
                break;
        }
    }

    private void Start(Deployment state, DeploymentTask task, string name, CancellationToken cancel)
    {
        Say($"▶ {name}{(task.Attempt > 1 ? $", attempt {task.Attempt} of {task.MaxAttempts}" : "")}{(task.Runner is null ? "" : $" on {task.Runner}")}");
        Open(state, task, name, cancel);
    }

    private void Open(Deployment state, DeploymentTask task, string name, CancellationToken cancel)
    {
        if (!logs || open.ContainsKey(task.Id)) return;
        var reader = new TaskLogReader(api, state.Id, task.Id, level: null, line => Say($"  {name} │ {Mark(line.Level)}{line.Message}"), print.Terminal.Time);
        open[task.Id] = (reader, reader.ReadAsync(cancel));
    }

    private async Task CloseAsync(string task)
    {
        if (!open.Remove(task, out var log)) return;
        log.Reader.End();
        await log.Reading;
    }

    private void Say(string text)
    {
        if (!print.Json) print.Line(Terminal.Clean(text.ReplaceLineEndings(" ")).TrimEnd());
    }

    private static string Mark(LogLevel level) => level switch
    {
        LogLevel.Warn => "warning: ",
        LogLevel.Error => "error: ",
        _ => "",
    };
}

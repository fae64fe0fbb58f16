using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;

namespace Boreas.Cli.Output;

/// <summary>A deployment in plain lines.</summary>
internal static class DeploymentText
{
    public static void Show(Printer print, Deployment deployment)
    {
        print.Line(Title(deployment));
        if (deployment.Template is { } used) print.Line(Terminal.Clean($"  from template {used.Name}@{used.Version}{string.Concat(used.Parameters.Select(p => $" {p.Key}={p.Value}"))}"));
        if (deployment.BreakGlass is { } why) print.Line(Terminal.Clean($"  Break-glass by {deployment.CreatedBy}: {why}"));
        foreach (var (app, tasks) in ByApp(deployment))
        {
            print.Line($"  {Terminal.Clean(app)}");
            foreach (var task in tasks) print.Line("    " + Line(task, NameWidth(deployment)));
        }

        foreach (var line in Ending(deployment)) print.Line(line);
    }

    /// <summary><c>hello 3f2a1c9 → production · running · 40 %</c></summary>
    public static string Title(Deployment d)
    {
        var duration = d.Duration is null ? "" : $" · {Look.Duration(d.Duration)}";
        return Terminal.Clean($"{string.Join(", ", d.Applications)} {d.Version} → {d.Environment} · {Look.Text(d.Status)} · {d.Progress} %{duration} · {d.Id}");
    }

    /// <param name="width">Of the column with the task's name; see <see cref="NameWidth"/>.</param>
    public static string Line(DeploymentTask task, int width)
    {
        var line = $"{Look.Icon(task.Status)} {task.Name.PadRight(width)} {Look.Text(task.Status)}";
        if (task.Duration is not null) line += $"  {Look.Duration(task.Duration)}";
        if (task.Attempt > 1) line += $"  attempt {task.Attempt} of {task.MaxAttempts}";
        if (task is { WaitingFor: null, Approvals: { Count: > 0 } approvals }) line += $"  confirmed by {string.Join(", ", approvals.Select(a => a.By))}";
        if (task.WaitingFor is not null) line += $"  {task.WaitingFor}";
        if (task.Status == RunTaskStatus.Failed && task.Failure is { } failure) line += $"  {failure.Message} [{failure.Code}]";
        return Terminal.Clean(line.ReplaceLineEndings(" ")).TrimEnd();
    }

    /// <summary>Room for the longest name of a task, within reason.</summary>
    public static int NameWidth(Deployment d) => Math.Clamp(d.Tasks.Select(task => task.Name.Length).DefaultIfEmpty().Max(), 14, 40);

    /// <summary>What there is to say when nothing moves by itself any more: errors with advice, addresses, what to type next.</summary>
    public static IEnumerable<string> Ending(Deployment d)
    {
        if (d.ErrorMessage is not null) yield return Terminal.Clean($"  {d.ErrorMessage}".ReplaceLineEndings(" "));
        foreach (var advice in d.Tasks.Where(task => task.Status == RunTaskStatus.Failed).Select(task => task.Failure?.Advice).OfType<string>().Distinct())
            yield return Terminal.Clean($"  {advice}".ReplaceLineEndings(" "));
        if (d.Status == RunStatus.Success)
        {
            foreach (var url in d.Urls ?? []) yield return Terminal.Clean($"  {url}");
        }

        if (d.Status == RunStatus.WaitingConfirm) yield return $"  Go on with 'boreas confirm {d.Id}{(d.GraphVersion > 1 ? $" --graph {d.GraphVersion}" : "")}', refuse with 'boreas reject {d.Id}', or go back with 'boreas rollback {d.Id}'.";
        if (d.Status == RunStatus.Failed) yield return $"  Logs: 'boreas logs {d.Id}'. Again from there: 'boreas resume {d.Id}'. Back: 'boreas rollback {d.Id}'.";
    }

    public static IEnumerable<(string App, IEnumerable<DeploymentTask> Tasks)> ByApp(Deployment d) =>
        d.Tasks.OrderBy(task => task.Order).GroupBy(task => task.AppId ?? "").Select(app => (app.Key.Length == 0 ? "(no app)" : app.Key, app.AsEnumerable()));
}

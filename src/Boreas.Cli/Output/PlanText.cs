using System.Globalization;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Output;

/// <summary>What a deployment would do, for people.</summary>
internal static class PlanText
{
    /// <param name="offline">Nobody was asked what serves now.</param>
    public static void Show(Printer print, DeploymentPlan plan, bool offline = false)
    {
        foreach (var deployment in plan.Deployments)
        {
            print.Line(Terminal.Clean($"{string.Join(", ", deployment.Applications)} {Look.Version(deployment.Version)} → {deployment.Environment}, not recorded:"));
            if (deployment.WaitingFor is { } why) print.Line(Terminal.Clean($"  It would wait: {why}"));
            var changes = plan.Changes.Where(c => c.Environment == deployment.Environment);
            if (offline) print.Rows(["APP", "WILL SERVE", "INSTANCES"], changes.Select(c => (IReadOnlyList<string?>)[c.AppId, Of(c.After), Instances(c)]), "");
            else print.Rows(["APP", "SERVES NOW", "THEN", "INSTANCES"], changes.Select(c => (IReadOnlyList<string?>)[c.AppId, c.Before is { } before ? Of(before) : "nothing", Of(c.After), Instances(c)]), "");
            print.Line("");
            print.Rows(
                ["STEP", "ID", "TASK", "AFTER"],
                Steps(deployment.Tasks).Select(t => (IReadOnlyList<string?>)[t.Step.ToString(CultureInfo.InvariantCulture), t.Task.Id, t.Task.Name + (t.Task.RequireConfirm ? ", waits for a person" : ""), t.Task.BlockBy.Replace(",", ", ", StringComparison.Ordinal)]),
                "It has no tasks.");
            print.Line("");
        }

        foreach (var refusal in plan.Refusals)
        {
            print.Line(Terminal.Clean($"It would be refused now ({refusal.Code}): {refusal.Message}"));
            if (refusal.Advice is { } advice) print.Line(Terminal.Clean($"  {advice}"));
        }
    }

    /// <summary>The tasks by the step in which they can run at the earliest: those of one step do not wait for each other.</summary>
    private static IEnumerable<(int Step, DeploymentTask Task)> Steps(IReadOnlyList<DeploymentTask> tasks)
    {
        var steps = new Dictionary<string, int>(StringComparer.Ordinal);
        var left = tasks.ToList();
        while (left.Count > 0)
        {
            var ready = left.Where(t => t.BlockBy.Split(',', StringSplitOptions.RemoveEmptyEntries).All(steps.ContainsKey)).ToList();
            foreach (var task in ready) steps[task.Id] = 1 + task.BlockBy.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => steps[id]).DefaultIfEmpty().Max();
            left.RemoveAll(ready.Contains);
        }

        return tasks.Select(t => (steps[t.Id], t)).OrderBy(t => t.Item1).ThenBy(t => t.t.Order);
    }

    /// <summary>A version that is not made yet has no name; its revision says enough.</summary>
    private static string Of(ServedApp app) => app.Version == "(new)" && app.Revision is not null ? app.Revision : string.Join(' ', new[] { Look.Version(app.Version), app.Revision is { } revision && revision != app.Version ? $"({(revision.All(char.IsAsciiHexDigit) ? Look.Commit(revision) : revision)})" : null }.OfType<string>());

    private static string Instances(PlannedChange change) =>
        change.Before is { } before && before.Instances != change.After.Instances ? $"{before.Instances} → {change.After.Instances}" : $"{change.After.Instances}";
}

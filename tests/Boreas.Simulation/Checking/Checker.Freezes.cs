using System.Text.Json;
using Boreas.Contracts;
using Boreas.Simulation.World;
using Dapper;

namespace Boreas.Simulation.Checking;

internal sealed partial class Checker
{
    private readonly List<(string Environment, string By, long Head, IReadOnlyList<FrozenSpan> Spans)> _frozen = [];

    /// <summary>Deployments that a freeze keeps waiting, with their environment.</summary>
    private readonly Dictionary<string, string> _gated = new(StringComparer.Ordinal);

    private void ReadFreezes()
    {
        foreach (var (environment, by, head, spans) in _database.Query<(string, string, long, string)>("select environment, set_by, head, spans from sim_freezes order by id"))
            _frozen.Add((environment, by, head, JsonSerializer.Deserialize<List<FrozenSpan>>(spans, BoreasJson.Options)!));
        foreach (var (id, environment, spec) in _database.Query<(string, string, string)>("select d.run_id, d.environment_id, d.spec from deployments d join runs r on r.id = d.run_id where r.kind <> 'move'"))
        {
            using var json = JsonDocument.Parse(spec);
            if (!json.RootElement.TryGetProperty("breakGlass", out _) && !json.RootElement.TryGetProperty("rollsBack", out _)) _gated.Add(id, environment);
        }
    }

    /// <summary>While its environment is frozen no app's roll-out begins, and one that has begun goes on; what waits is told until when, and begins then.</summary>
    private void CheckFreeze(RunRecord run, Happened e)
    {
        if (e.Name is not ("task.claimed.1" or "task.held.1") || !run.Tasks.TryGetValue(e.Task, out var task)) return;
        var mustWait = task.Executor == "deploy" && _gated.ContainsKey(run.Id) && !run.Tasks.Values.Any(t => t.Executor == "deploy" && t.App == task.App && t.Holdings.Count > 0);
        var ends = mustWait ? EndsOfFreeze(_gated[run.Id], e) : [null];
        if (e.Name == "task.held.1")
        {
            if (!ends.Contains(e.Time("until"))) Complain($"{e}: it is to wait {Until(e.Time("until"))}, and is frozen {string.Join(" or ", ends.Select(Until))}");
            return;
        }

        if (!ends.Contains(null)) Complain($"{e}: its environment is frozen {Until(ends[0])}");
        if (task.HeldUntil > e.Said) Complain($"{e}: it was to wait {Until(task.HeldUntil)}");
        if (task.HeldUntil is { } thawed && _history.HealthySince < e.Elapsed && e.Said - thawed > Backlog && e.Elapsed - _history.HealthySince > Backlog)
            Complain($"{e}: it was to wait {Until(thawed)}, and healthy runners had nothing to do since");
    }

    /// <summary>When the environment thaws, null for one that is not frozen; of a step of the control plane in which that was changed, before and after it.</summary>
    private List<DateTimeOffset?> EndsOfFreeze(string environment, Happened e)
    {
        var before = _history.Growth.FindLast(g => g.Head < e.Sequence).Head;
        var set = _frozen.FindAll(f => f.Environment == environment && f.Head < e.Sequence);
        var first = Math.Max(0, set.FindLastIndex(f => f.Head < before));
        List<DateTimeOffset?> ends = [.. set.Skip(first).Select(f => f.Spans.Where(s => s.Contains(e.Said)).Max(s => (DateTimeOffset?)s.Until))];
        return first < set.Count && set[first].Head < before ? ends : [.. ends, null];
    }

    private static string Until(DateTimeOffset? end) => end is null ? "no more" : $"until {end:dd HH:mm}";
}

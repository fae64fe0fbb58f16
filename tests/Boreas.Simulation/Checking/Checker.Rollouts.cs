using System.Text.Json;
using Boreas.Simulation.World;
using Dapper;

namespace Boreas.Simulation.Checking;

internal sealed partial class Checker
{
    /// <summary>What serves is what the last deployment that ended well brought, or what was there before one that was taken back.</summary>
    private void CheckRollouts(Fleet fleet)
    {
        foreach (var (id, environment, spec) in _database.Query<(string, string, string)>("select run_id, environment, spec from deployments").ToList())
        {
            if (!_runs.TryGetValue(id, out var run)) continue;
            using var json = JsonDocument.Parse(spec);
            foreach (var app in json.RootElement.GetProperty("apps").EnumerateArray())
            {
                var appId = app.GetProperty("app").GetProperty("id").GetString()!;
                var version = app.GetProperty("built").GetProperty("version").GetString()!;
                CheckWhatServes(fleet, run, appId, environment, version, app.GetProperty("app").GetProperty("replicas").GetInt32());
            }
        }
    }

    private void CheckWhatServes(Fleet fleet, RunRecord run, string app, string environment, string version, int replicas)
    {
        var deploys = run.Tasks.Values.Where(t => t.Executor == "deploy" && t.App == app && t.Holdings.Count > 0).ToList();
        if (deploys.Count == 0) return;
        if (run.Succeeded is { } success && !run.WasEdited)
        {
            var now = Serving(fleet, app, environment, success);
            if (now.Select(t => t.Version).Distinct().SingleOrDefault() != version) Complain($"{success}: {app} is to run {version}, and {Show(now)} serves");
            else if (now.Count != replicas && !fleet.WasDisturbed) Complain($"{success}: {app} is to have {replicas} instances, and {now.Count} serve");
        }

        foreach (var (start, end) in run.TakenBack.Where(t => run.Tasks.Values.Any(u => u.Undoes is { } undone && deploys.Exists(d => d.Id == undone) && u.Holdings.Exists(h => h.Succeeded))))
        {
            var before = Serving(fleet, app, environment, deploys.Min(d => d.Holdings[0].Claimed.Sequence) is var first ? deploys.Select(d => d.Holdings[0].Claimed).First(c => c.Sequence == first) : start);
            var after = Serving(fleet, app, environment, end);
            var (was, isNow) = (before.Select(t => t.Version).ToHashSet(), after.Select(t => t.Version).ToHashSet());
            if (!was.SetEquals(isNow) && !(fleet.WasDisturbed && isNow.Count > 0 && isNow.IsProperSubsetOf(was))) Complain($"{end}: before {run.Id} {app} had {Show(before)}, and after it was taken back {Show(after)}");
        }
    }

    private static string Show(IReadOnlyList<(string Version, Routed Target)> serving) => serving.Count == 0 ? "nothing" : string.Join(", ", serving.Select(t => $"{t.Version} ({t.Target.Instance})"));

    /// <summary>What had traffic when the journal had grown by <paramref name="e"/>.</summary>
    private List<(string Version, Routed Target)> Serving(Fleet fleet, string app, string environment, Happened e)
    {
        var grown = _history.Growth.FindIndex(g => g.Head >= e.Sequence);
        var routes = _history.Routes.FindLast(r => r.Growth <= grown).Routes;
        return routes is not null && routes.TryGetValue((app, environment), out var targets)
            ? [.. targets.Where(t => t.Weight > 0).Select(t => (fleet.VersionOf(t.Instance), t))]
            : [];
    }

    /// <summary>In the end each gateway sends requests to what the routes say, that is there, and nothing else runs.</summary>
    private void CheckFleet(Fleet fleet)
    {
        var routes = _history.Routes[^1].Routes;
        foreach (var target in routes.Values.SelectMany(r => r))
        {
            if (fleet.Find(target.Instance) is not { IsHealthy: true } instance) Complain($"{target.Instance} has traffic, and does not run");
            else if (instance.Address != target.Address) Complain($"{target.Instance} has traffic at {target.Address}, and is at {instance.Address}");
        }

        var routed = routes.Values.SelectMany(r => r).Select(t => t.Instance).ToHashSet(StringComparer.Ordinal);
        foreach (var stray in fleet.Nodes.SelectMany(n => n.Instances).Where(i => !routed.Contains(i.Id))) Complain($"{stray.Id} runs on {stray.Node.Name}, and nobody wants it");
        foreach (var gateway in fleet.Gateways.Where(g => !g.Targets.Select(t => (t.InstanceId, t.Address)).ToHashSet().SetEquals(routes.Values.SelectMany(r => r).Select(t => (t.Instance, t.Address))))) Complain($"{gateway.Name} has another table than the control plane");
    }
}

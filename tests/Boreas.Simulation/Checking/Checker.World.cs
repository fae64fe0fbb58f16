using Boreas.Server.Deployments;
using Boreas.Simulation.World;
using Dapper;

namespace Boreas.Simulation.Checking;

internal sealed partial class Checker
{
    private static readonly string[] RunStatuses = ["pending", "running", "waiting_confirm", "success", "failed", "rolled_back", "cancelled"];
    private static readonly string[] TaskStatuses = ["pending", "running", "waiting_confirm", "success", "failed", "blocked", "cancelled", "rolled_back"];

    /// <summary>The world is changed by whoever holds the task, in order, and by everything that says it succeeded.</summary>
    private void CheckEffects()
    {
        var effects = _database.Query<(string Run, string Task, long Epoch, long Head)>("select run_id, task_id, epoch, head from sim_effects order by id").ToList();
        foreach (var group in effects.GroupBy(e => (e.Run, e.Task)))
        {
            var last = 0L;
            foreach (var effect in group)
            {
                if (effect.Epoch <= last) Complain($"{effect.Run}/{effect.Task}: attempt {effect.Epoch} took effect after attempt {last} had");
                last = effect.Epoch;
                var holding = _runs[effect.Run].Tasks[effect.Task].Holdings.Find(h => h.Epoch == effect.Epoch);
                if (holding is null) Complain($"{effect.Run}/{effect.Task}: attempt {effect.Epoch} took effect, and nobody was given it");
                else if (holding.Ended?.Sequence <= effect.Head) Complain($"{effect.Run}/{effect.Task}: attempt {effect.Epoch} took effect after it had ended");
            }
        }

        var there = effects.Select(e => (e.Run, e.Task, e.Epoch)).ToHashSet();
        foreach (var (answer, _, _, _) in _history.Answers.Where(a => a.Answer is { To: Effect, Said: Said.Done }))
        {
            var job = ((Effect)answer.To).Job;
            if (!there.Contains((job.RunId, job.TaskId, job.Epoch))) Complain($"{answer.To} was acknowledged, and is lost");
        }

        foreach (var run in _runs.Values)
        {
            foreach (var task in run.Tasks.Values)
            {
                var successes = task.Holdings.Where(h => h.Succeeded).ToList();
                if (successes.Count > 1) Complain($"{run.Id}/{task.Id} succeeded {successes.Count} times");
                foreach (var success in successes.Where(s => !there.Contains((run.Id, task.Id, s.Epoch)))) Complain($"{run.Id}/{task.Id} succeeded without its effect, {success.Ended}");
            }
        }
    }

    /// <summary>Who was heard of within the lease keeps the task; who was taken for lost was silent so long.</summary>
    private void CheckLeases()
    {
        var lease = TimeSpan.FromSeconds(Api.LeaseSeconds);
        var heard = new Dictionary<(string, string, long), List<(DateTimeOffset At, TimeSpan Elapsed, long Head)>>();
        foreach (var (answer, at, elapsed, head) in _history.Answers)
        {
            if (answer is not { To: Beat { Job: var job }, Said: Said.Done }) continue;
            if (!heard.TryGetValue((job.RunId, job.TaskId, job.Epoch), out var times)) heard.Add((job.RunId, job.TaskId, job.Epoch), times = []);
            times.Add((at, elapsed, head));
        }

        foreach (var run in _runs.Values)
        {
            foreach (var task in run.Tasks.Values)
            {
                foreach (var holding in task.Holdings.Where(h => h.Ended is { Name: "task.attempt_failed.1" }))
                {
                    var ended = holding.Ended!;
                    if (ended.Data.GetProperty("failure").GetProperty("code").GetString() != "runner_lost") continue;
                    var (at, elapsed, _) = heard.GetValueOrDefault((run.Id, task.Id, holding.Epoch))?.LastOrDefault(h => h.Head < ended.Sequence) ?? default;
                    if (at == default) (at, elapsed) = (holding.Claimed.At, holding.Claimed.Elapsed);

                    // A clock that is set back makes the wall's time short, one that is set forward the real one.
                    if (ended.At < at + lease && ended.Elapsed < elapsed + lease) Complain($"{ended}: {holding.Runner} was heard of {(ended.Elapsed - elapsed).TotalSeconds:0.0} s before, and its lease is {Api.LeaseSeconds} s");
                }
            }
        }
    }

    /// <summary>One active deployment per app and environment, and no more apps deploying per user than allowed when one is created.</summary>
    private void CheckLocksAndQuota()
    {
        var keys = _database.Query<(string Key, string Response)>("select key, response from idempotency_keys").ToList();
        var creates = _history.Sent.OfType<Create>().ToDictionary(c => c.Key);
        foreach (var shared in keys.GroupBy(k => k.Response).Where(g => g.Count() > 1)) Complain($"{shared.Key} answers two keys");
        var claims = keys.Where(k => _runs.ContainsKey(k.Response)).Select(k => new Claims(k.Response, creates[k.Key].Environment, creates[k.Key].Apps, creates[k.Key])).ToList();
        foreach (var (run, environment, apps, _) in _database.Query<(string, string, string, string)>("select run_id, environment, app_ids, spec from deployments").Where(d => MakesItself(d.Item1, d.Item4)))
            claims.Add(new Claims(run, environment, apps.Split(','), null));
        foreach (var stray in _runs.Keys.Except(claims.Select(c => c.Run))) Complain($"{stray} was created twice for one key, or for none");
        var spans = claims.SelectMany(c => _runs[c.Run].Spans.Select(s => (c.Run, Claims: c, s.From, s.To))).ToList();
        var active = spans.ConvertAll(s => s with { From = SinceWhen(s.Claims, s.From) });
        foreach (var a in active)
        {
            foreach (var b in active.Where(b => b.Run != a.Run && b.From >= a.From && b.From < a.To && a.Claims.Meets(b.Claims)))
                Complain($"{a.Run} and {b.Run} are active for one app in {a.Claims.Environment} at event {b.From}");
            foreach (var b in active.Where(b => a.Claims.Meets(b.Claims) && _runs[a.Run].Created.Sequence < _runs[b.Run].Created.Sequence && _runs[a.Run].Started?.Sequence > _runs[b.Run].Started?.Sequence))
                Complain($"{a.Run} was created before {b.Run}, and overtaken by it");
        }

        foreach (var a in claims.Where(c => c.Create is { AutoStart: true } && _runs[c.Run] is { Started: null, CancelRequested: { } cancel } && cancel.Text("by") == "the start time-out"))
        {
            // Whoever ends in the same transaction was before it until then.
            var cancel = _runs[a.Run].CancelRequested!.Sequence;
            var before = _history.Growth.FindLast(g => g.Head < cancel).Head;
            if (!spans.Exists(b => b.Run != a.Run && a.Meets(b.Claims) && b.From < cancel && b.To > before)) Complain($"{a.Run} was to start by itself, and was forgotten though nobody was before it");
        }

        foreach (var a in spans)
        {
            if (_runs[a.Run].Created.Sequence != a.From || a.Claims.Create is null) continue;
            var owner = Api.OwnerOf(a.Claims.Apps[0]);
            var busy = spans.Where(b => b.From <= a.From && b.To > a.From && Api.OwnerOf(b.Claims.Apps[0]) == owner).SelectMany(b => b.Claims.Apps).Distinct().Count();
            if (busy > Api.AppsPerUser) Complain($"{owner} has {busy} apps deploying when {a.Run} is created, and may have {Api.AppsPerUser}");
        }
    }

    /// <summary>A run that no request with a key asked for: it moves instances, or follows from another one.</summary>
    private bool MakesItself(string run, string spec)
    {
        if (!_runs.TryGetValue(run, out var record)) return false;
        if (record.Created.Data.GetProperty("header").GetProperty("kind").GetString() == "move") return true;
        using var json = System.Text.Json.JsonDocument.Parse(spec);
        return json.RootElement.TryGetProperty("rollsBack", out _) || json.RootElement.TryGetProperty("resumes", out _);
    }

    /// <summary>One that may wait is active from its start on: until then it may stand in the queue.</summary>
    private long SinceWhen(Claims claims, long from) =>
        claims.Create is null or { OnConflict: OnConflict.Reject } || _runs[claims.Run].Created.Sequence != from ? from : _runs[claims.Run].Started?.Sequence ?? long.MaxValue;

    /// <param name="Create">The request that asked for it; null when it made itself.</param>
    private sealed record Claims(string Run, string Environment, IReadOnlyList<string> Apps, Create? Create)
    {
        public bool Meets(Claims other) => Environment == other.Environment && Apps.Intersect(other.Apps).Any();
    }

    private void CheckEnds()
    {
        foreach (var run in _runs.Values.Where(r => !r.IsOver)) Complain($"{run.Id} never ends: it is {run.Status}{(run.RollingBack ? ", rolling back" : "")}: {string.Join(", ", run.Tasks.Values.Select(t => $"{t.Id} {t.Status}"))}");
        foreach (var key in _history.Sent.OfType<Create>().Where(c => !_history.Answers.Exists(a => a.Answer.To == c && a.Answer.Said != Said.Unavailable))) Complain($"{key.Key} was never answered");
        if (_database.QuerySingle<long>("select (select count(*) from app_locks) + (select count(*) from app_queue)") is > 0 and var locks) Complain($"{locks} locks are held or waited for after everything has ended");
        foreach (var (id, broken) in _database.Query<(string, string)>("select id, broken from runs where broken is not null")) Complain($"{id} was set aside: {broken}");
    }

    /// <summary>The tables that people read say what the events say.</summary>
    private void CheckReadModels()
    {
        var runs = _database.Query<(string Id, int Status, bool Active, int Version)>("select id, status, active, version from runs").ToList();
        if (runs.Count != _runs.Count) Complain($"There are {runs.Count} rows for {_runs.Count} runs");
        foreach (var (id, status, active, _) in runs.Where(r => _runs.ContainsKey(r.Id)))
        {
            if (RunStatuses[status] != _runs[id].Status) Complain($"{id} is shown as {RunStatuses[status]}, and is {_runs[id].Status}");
            if (active == _runs[id].IsOver) Complain($"{id} is shown as {(active ? "active" : "over")}, and is not");
        }

        foreach (var rows in _database.Query<(string Run, string Id, string BlockBy)>("select run_id, id, block_by from tasks order by run_id, position").GroupBy(r => r.Run))
        {
            var graph = _runs[rows.Key].Tasks.Values.Select(t => $"{t.Id} after {string.Join(',', t.BlockBy)}");
            if (!graph.SequenceEqual(rows.Select(r => $"{r.Id} after {r.BlockBy}"))) Complain($"{rows.Key} is shown with other tasks than its graph has");
        }

        foreach (var (run, id, status, attempt) in _database.Query<(string, string, int, int)>("select run_id, id, status, attempt from tasks"))
        {
            var task = _runs[run].Tasks[id];
            var shown = TaskStatuses[status] is "blocked" or "waiting_confirm" ? "pending" : TaskStatuses[status];
            if (shown != task.Status) Complain($"{run}/{id} is shown as {shown}, and is {task.Status}");
            if (attempt != task.Holdings.Count) Complain($"{run}/{id} is shown in attempt {attempt}, and is in {task.Holdings.Count}");
        }
    }
}

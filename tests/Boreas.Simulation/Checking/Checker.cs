using System.Data.Common;
using System.Text.Json;
using Boreas.Server.Deployments;
using Boreas.Server.Jobs;
using Boreas.Simulation.World;
using Dapper;

namespace Boreas.Simulation.Checking;

/// <summary>
/// What must never happen, found by looking at what was sent, what was answered, and what is in the tables at the end.
/// Written from SPEC.md §2 and §9; it uses no code of the engine or the journal.
/// </summary>
internal sealed partial class Checker
{
    /// <summary>Healthy runners have worked off everything after so long.</summary>
    private static readonly TimeSpan Backlog = TimeSpan.FromSeconds(150);

    private readonly History _history;
    private readonly DbConnection _database;
    private readonly List<string> _violations = [];
    private readonly Dictionary<string, RunRecord> _runs = new(StringComparer.Ordinal);

    private Checker(History history, DbConnection database) => (_history, _database) = (history, database);

    /// <param name="fleet">Where apps run; null when nothing is rolled out.</param>
    public static IReadOnlyList<string> Check(History history, DbConnection database, Fleet? fleet)
    {
        var checker = new Checker(history, database);
        try
        {
            checker.Check();
            if (fleet is not null)
            {
                checker.CheckRollouts(fleet);
                checker.CheckFleet(fleet);
            }
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or ArgumentException or JsonException)
        {
            checker.Complain($"The record makes no sense: {e.Message}");
        }

        return checker._violations;
    }

    private void Complain(string violation) => _violations.Add(violation);

    private void Check()
    {
        _violations.AddRange(_history.Unexpected);
        FollowJournal();
        CheckAnswers();
        CheckEffects();
        CheckLeases();
        CheckLocksAndQuota();
        CheckEnds();
        CheckReadModels();
    }

    /// <summary>The journal has no gap, each stream has none, and a follower saw exactly this.</summary>
    private void FollowJournal()
    {
        var rows = _database.Query<(long Sequence, string Stream, int Version, string Name, string Data)>("select sequence, stream, version, name, data from events order by sequence").ToList();
        var grown = 0;
        ReadFreezes();
        var versions = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (row.Sequence != i + 1) Complain($"The journal has event {row.Sequence} in place {i + 1}");
            if (row.Version != versions.GetValueOrDefault(row.Stream) + 1) Complain($"Event {row.Sequence} is version {row.Version} of {row.Stream} after {versions.GetValueOrDefault(row.Stream)}");
            versions[row.Stream] = row.Version;
            while (grown < _history.Growth.Count - 1 && _history.Growth[grown].Head < row.Sequence) grown++;
            using var data = JsonDocument.Parse(row.Data);
            var e = new Happened(row.Sequence, row.Stream, row.Version, row.Name, data.RootElement.Clone(), _history.Growth[grown].At, _history.Growth[grown].Elapsed);
            if (row.Version == 1) _runs.Add(row.Stream, new RunRecord(e, Complain));
            else
            {
                CheckMoment(_runs[row.Stream], e);
                CheckFreeze(_runs[row.Stream], e);
                _runs[row.Stream].Follow(e);
            }
        }

        var head = _database.QuerySingle<long>("select sequence from journal_head");
        if (head != rows.Count) Complain($"The journal's head says {head}, and there are {rows.Count} events");
        var followed = _history.Followed.Select(f => (f.Sequence, f.Stream, f.Version, f.Name, f.Data)).ToList();
        if (!followed.SequenceEqual(rows)) Complain($"A follower saw {followed.Count} events that are not the {rows.Count} of the journal");
    }

    /// <summary>Nobody gives up on a task for want of a runner while healthy runners are idle.</summary>
    private void CheckMoment(RunRecord run, Happened e)
    {
        if (e.Name != "task.attempt_failed.1" || e.Data.GetProperty("failure").GetProperty("code").GetString() != "no_runner") return;
        var patience = run.Created.Data.GetProperty("header").GetProperty("pendingTimeoutSeconds").GetInt32();
        if (_history.HealthySince != TimeSpan.MaxValue && e.Elapsed > _history.HealthySince + Backlog && patience > Backlog.TotalSeconds)
            Complain($"{e}: it was not offered, though healthy runners had nothing to do");
    }

    /// <summary>What was acknowledged is there; what was refused is not.</summary>
    private void CheckAnswers()
    {
        foreach (var (answer, _, _, _) in _history.Answers)
        {
            switch (answer)
            {
                case { To: Create create, Said: Said.Done, Value: string run }: CheckCreated(create, run); break;
                case { To: Act act, Said: Said.Done }: CheckDone(act); break;
                case { To: SetFreezes freezes, Said: Said.Done } when !_frozen.Exists(f => f.By == freezes.From): Complain($"{freezes} was acknowledged, and is lost"); break;
                case { Said: Said.Done, Value: Given given }: CheckClaim(answer.To, given.Claim); break;
                case { To: Report report, Said: Said.Done }: CheckReport(report); break;
            }
        }

        var taken = _history.Answers.Where(a => a.Answer is { To: Report, Said: Said.Done }).Select(a => ((Report)a.Answer.To).Job).ToHashSet();
        foreach (var (answer, _, _, _) in _history.Answers.Where(a => a.Answer is { To: Report { Outcome: Outcome.Succeeded } report, Said: Said.Refused } && taken.Contains(report.Job)))
            Complain($"{answer.To} was taken, and refused when it came again");

        foreach (var group in _history.Answers.Where(a => a.Answer is { To: Create, Said: Said.Done }).GroupBy(a => ((Create)a.Answer.To).Key))
        {
            if (group.Select(a => a.Answer.Value).Distinct().Count() > 1) Complain($"{group.Key} was answered with two deployments");
        }
    }

    private void CheckCreated(Create create, string id)
    {
        if (!_runs.TryGetValue(id, out var run)) Complain($"{id} was acknowledged to {create.From}, and is not there");
        else if (!create.Tasks.Select(t => t.Id).SequenceEqual(run.CreatedWith)) Complain($"{id} has other tasks than {create.From} asked for");
        else if (create.AutoStart && create.OnConflict == OnConflict.Reject && run.Status == "pending") Complain($"{id} was acknowledged as started, and is not");
    }

    private void CheckDone(Act act)
    {
        if (!_runs.TryGetValue(act.Run, out var run)) Complain($"{act} was acknowledged, and its deployment is not there");
        else if (act.Deed == Deed.Cancel && run.CancelRequested is null) Complain($"{act} was acknowledged, and nothing was cancelled");
        else if (act.Deed == Deed.Cancel && run.Status is not ("cancelled" or "success") && !run.UndoFailed) Complain($"{act} was acknowledged, and it is {run.Status}");
        else if (act.Deed is Deed.Start or Deed.Confirm or Deed.Reject or Deed.Edit && !run.Actors.Contains(act.From)) Complain($"{act} was acknowledged, and nothing of it is recorded");
        else if (act.Deed == Deed.RollBack && run.Status is not ("rolled_back" or "failed")) Complain($"{act} was acknowledged, and it is {run.Status}");
    }

    private void CheckClaim(Request to, Claim claim)
    {
        if (HoldingOf(claim) is not { } holding) Complain($"{Name.Of(claim)} was given to {to.From}, and the journal does not know");
        else if (holding.Runner != to.From || holding.Lease != claim.Lease) Complain($"{Name.Of(claim)} was given to {to.From}, and belongs to {holding.Runner}");
    }

    private void CheckReport(Report report)
    {
        var holding = HoldingOf(report.Job);
        var sent = _history.Sent.OfType<Report>().Where(r => r.Job == report.Job).Select(r => r.Outcome).ToHashSet();
        if (holding?.Ended is null) Complain($"{report} was acknowledged, and is not recorded");
        else if (holding.Fenced) Complain($"{report} was acknowledged, and it was taken from its holder: {holding.Ended}");
        else if (holding.Succeeded != sent.Contains(Outcome.Succeeded)) Complain($"{report} was acknowledged, and recorded as {holding.Ended}");
    }

    private Holding? HoldingOf(Claim job) =>
        _runs.TryGetValue(job.RunId, out var run) && run.Tasks.TryGetValue(job.TaskId, out var task) ? task.Holdings.Find(h => h.Epoch == job.Epoch) : null;
}

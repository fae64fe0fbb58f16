using System.Globalization;
using System.Text;
using System.Text.Json;
using Boreas.Engine.Runs;

namespace Boreas.Engine.Tests.Runs;

/// <summary>Everything that can be seen of a run, as text: two runs in the same state give the same text, and a difference can be read.</summary>
internal static class RunPicture
{
    public static string Of(Run run, DateTimeOffset now)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{run.Header with { Approval = null }} {JsonSerializer.Serialize(run.Header.Approval)} {run.Status} v{run.Version} graph {run.GraphVersion} editable={run.CanBeEdited} {run.CreatedAt:O} {run.UpdatedAt:O} {run.StartedAt:O} {run.CompletedAt:O} due {run.NextDue:O}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{run.ErrorMessage} cancel={run.CancelWasRequested} back={run.RollingBack} over={run.IsOver} {run.Progress}% {WaitingFor.Explain(run, now, [])}");
        text.AppendJoin(' ', Enum.GetValues<RunTaskStatus>().Select(s => $"{s}={run.Count(s)}")).AppendLine();
        foreach (var t in run.Tasks)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{t.Index} {t.Spec.Id} {t.Status} unmet={t.Unmet} attempt={t.Attempt} epoch={t.Epoch}/{t.ReportedEpoch} failures={t.Failures} losses={t.Losses} {t.Runner} {t.Lease} undoes={t.Undoes} cancel={t.CancelRequested} waits for {string.Join(',', run.Graph.DependenciesOf(t.Index))}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  ready {t.ReadyAt:O} not before {t.NotBefore:O} {t.Hold} deadline {t.Deadline:O} {t.StartedAt:O}–{t.CompletedAt:O} {t.CreatedAt:O} {t.UpdatedAt:O} {t.ConfirmedBy} {t.ConfirmedAt:O} {t.Result} {t.Failure} {t.Question} {string.Join(' ', t.Approvals)}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  {run.IsClaimable(t, now)} {run.CouldBeClaimed(t)} {WaitingFor.Explain(run, t, now, [])}");
        }

        return text.ToString();
    }

    /// <summary>The run that the events make after they were written and read, as another process would.</summary>
    public static Run Replayed(IEnumerable<RunEvent> events) =>
        Run.Replay(events.Select(e => RunEventJson.Read(RunEventJson.NameOf(e), RunEventJson.Write(e))));
}

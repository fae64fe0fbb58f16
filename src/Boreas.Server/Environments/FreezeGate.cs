using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Environments;
using Boreas.Engine.Freezes;
using Boreas.Engine.Runs;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Environments;

/// <summary>
/// Keeps deploy tasks from beginning while their environment is frozen. It is asked in the journal's transaction, with
/// the database's time: when a task becomes claimable, when a runner is to get it, and for every task that waits when the
/// environment's windows change. What it says is an event of the run, so every control plane knows it, and the task is
/// offered again by itself. An app whose roll-out has begun is let through to its last step: half a deployment is worse than a
/// late one.
/// </summary>
internal static class FreezeGate
{
    /// <summary>How long a window that cannot be read here holds what asks.</summary>
    private static readonly TimeSpan Unreadable = TimeSpan.FromMinutes(10);

    /// <summary>Whether the task has to wait; the run says so then.</summary>
    public static bool Hold(JournalTransaction transaction, Run run, RunTask task)
    {
        if (Ask(transaction, run, task) is not { } hold) return false;
        transaction.Handle(run.Header.Id, hold);
        return true;
    }

    public static void HoldFrozen(JournalTransaction transaction, IEnumerable<(Run Run, RunTask Task)> offered)
    {
        foreach (var (run, task) in offered.Where(o => o.Run.IsClaimable(o.Task, transaction.Now))) Hold(transaction, run, task);
    }

    /// <summary>The environment's windows have changed: what waits for them waits no longer, or for another moment.</summary>
    public static void Reconsider(JournalTransaction transaction, string environmentId)
    {
        foreach (var run in transaction.ActiveRuns.Where(r => r.Header.Gate == environmentId).ToList())
        {
            foreach (var task in run.Tasks.Where(t => t.Hold is not null || run.IsClaimable(t, transaction.Now)).ToList())
            {
                if (!Hold(transaction, run, task) && task.Hold is not null) transaction.Handle(run.Header.Id, new HoldTask(task.Spec.Id, null));
            }
        }
    }

    /// <summary>Until when the environment is frozen and the sentence that says so; null: it is not.</summary>
    public static (DateTimeOffset Until, string Sentence)? Frozen(DbConnection connection, string environmentId, DateTimeOffset now)
    {
        var (name, freezes) = connection.QueryFirstOrDefault<(string, string?)>("select name, freezes from environments where id = @environmentId", new { environmentId });
        if (freezes is null) return null;
        (DateTimeOffset Until, string)? longest = null;
        foreach (var freeze in JsonSerializer.Deserialize<List<Freeze>>(freezes, BoreasJson.Options)!)
        {
            var window = freeze.TryToWindow(out var wrong);
            if ((window is null ? now + Unreadable : window.FrozenUntil(now)) is not { } until || until <= longest?.Until) continue;
            longest = (until, window is null
                ? $"The environment {name} has a freeze window '{freeze.Name}' that this server cannot read: {wrong.Field} {wrong.Message}."
                : $"The environment {name} is frozen ({freeze.Name}) until {window.Say(until)}.");
        }

        return longest;
    }

    private static HoldTask? Ask(JournalTransaction transaction, Run run, RunTask task)
    {
        if (run.Header.Gate is not { } environment || task.Spec.Type != RunTaskType.Deploy) return null;
        if (Frozen(transaction.Connection, environment, transaction.Now) is not { } frozen) return null;
        return run.Tasks.Any(t => t.Attempt > 0 && t.Spec.Type == RunTaskType.Deploy && t.Spec.AppId == task.Spec.AppId) ? null : new HoldTask(task.Spec.Id, frozen.Until, frozen.Sentence);
    }

    /// <summary>The window, or null and what is wrong with it.</summary>
    public static FreezeWindow? TryToWindow(this Freeze freeze, out (string Field, string Message) wrong)
    {
        wrong = ("timeZone", "must be an IANA name that this machine knows (Europe/Berlin); its package is often called tzdata");
        if (!freeze.TimeZone.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+') || !TimeZoneInfo.TryFindSystemTimeZoneById(freeze.TimeZone, out var zone)) return null;
        return FreezeWindow.TryParse(freeze.Name, zone, freeze.Start, freeze.End, [.. (freeze.Days ?? []).Select(d => (DayOfWeek)d)], out wrong);
    }
}

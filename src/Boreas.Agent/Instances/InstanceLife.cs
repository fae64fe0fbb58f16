using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;

namespace Boreas.Agent.Instances;

/// <summary>
/// The life of one instance, without anything that happens outside: Preparing → Running → (ended) Restarting → Running …
/// until it is stopped, or cannot be started for a reason that trying again does not change (Exited).
/// </summary>
/// <param name="Streak">Starts in a row that did not last; the pause before the next start grows with it.</param>
/// <param name="StartAfter">When the next start may be; null when nothing is in the way.</param>
/// <param name="EverReady">Whether any start got as far as accepting connections: others may know its address.</param>
/// <param name="Ready">Whether this start did.</param>
/// <param name="Failure">Why it ended last; kept until a later start is ready.</param>
internal sealed record InstanceLife(
    InstanceState State = InstanceState.Preparing,
    int Restarts = 0,
    int Streak = 0,
    DateTimeOffset? StartedAt = null,
    DateTimeOffset? StartAfter = null,
    bool EverReady = false,
    bool Ready = false,
    int? ExitCode = null,
    JobFailure? Failure = null)
{
    private const int LongestPauseSeconds = 30;

    /// <summary>A start that lasted this long is forgiven what came before it.</summary>
    public static readonly TimeSpan Steady = TimeSpan.FromSeconds(60);

    public InstanceLife Started(DateTimeOffset now) =>
        this with { State = InstanceState.Running, StartedAt = now, StartAfter = null, Ready = false };

    public InstanceLife BecameReady() => this with { Ready = true, EverReady = true, Failure = null };

    public InstanceLife Ended(DateTimeOffset now, int? exitCode, JobFailure failure)
    {
        var streak = StartedAt is { } started && now - started >= Steady ? 0 : Streak;
        return this with
        {
            State = InstanceState.Restarting,
            Restarts = Restarts + 1,
            Streak = streak + 1,
            StartAfter = now + Pause(streak),
            Ready = false,
            ExitCode = exitCode,
            Failure = failure,
        };
    }

    public InstanceLife CouldNotStart(DateTimeOffset now, JobFailure failure) => failure.Kind == FailureKind.Errored
        ? this with { State = InstanceState.Restarting, Streak = Streak + 1, StartAfter = now + Pause(Streak), Ready = false, Failure = failure }
        : this with { State = InstanceState.Exited, StartAfter = null, Ready = false, Failure = failure };

    /// <summary>Found gone, or ended together with the agent: it is wanted, and starts again at once.</summary>
    public InstanceLife Again() => this with { State = InstanceState.Restarting, StartAfter = null, Ready = false };

    public InstanceLife Stopped(int? exitCode) =>
        this with { State = InstanceState.Stopped, StartAfter = null, Ready = false, ExitCode = exitCode ?? ExitCode };

    /// <summary>1, 2, 4 … 30 seconds.</summary>
    public static TimeSpan Pause(int streak) => TimeSpan.FromSeconds(Math.Min(LongestPauseSeconds, 1 << Math.Min(streak, 10)));
}

using Boreas.Agent.Instances;
using Boreas.Contracts.Problems;
using Boreas.Processes;

namespace Boreas.Agent.Processes;

/// <summary>Ends processes with everything in their sessions: SIGTERM, the grace, SIGKILL until none is left.</summary>
internal static class ProcessEnding
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(10);

    /// <param name="sessions">The sessions that still have living processes; asked again and again, because an app may start more while it ends.</param>
    public static async Task EndAsync(Func<IReadOnlyCollection<ProcessIdentity>> sessions, TimeSpan grace, TimeProvider time, CancellationToken ct)
    {
        var left = sessions();
        if (grace > TimeSpan.Zero)
        {
            foreach (var session in left) ProcessTable.Terminate(session);
            for (var deadline = time.GetUtcNow() + grace; left.Count > 0 && time.GetUtcNow() < deadline; left = sessions()) await Task.Delay(Look, time, ct);
        }

        for (var deadline = time.GetUtcNow() + KillTimeout; left.Count > 0; left = sessions())
        {
            if (time.GetUtcNow() > deadline)
                throw InstanceProblem.Errored(ProblemCodes.Internal, $"Process {left.First().Pid} does not end, not even killed.", "It hangs in the kernel, most often on a file system that does not answer; look at the node.");
            foreach (var session in left) ProcessTable.Kill(session);
            await Task.Delay(Look / 5, time, ct);
        }
    }
}

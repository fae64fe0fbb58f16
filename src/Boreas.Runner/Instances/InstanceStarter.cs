using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Runner.Diagnosis;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Instances;

/// <summary>Starts instances and waits until each is ready: running, the right digest, healthy as often in a row as asked.</summary>
internal sealed class InstanceStarter(AgentClient agents, HealthProbe probe, ControlPlaneClient controlPlane, TimeProvider time)
{
    /// <summary>What the agent knows it by.</summary>
    private const string ArtifactRight = "boreas_artifact";

    private static readonly TimeSpan LookAtFirst = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LookLater = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FetchPatience = TimeSpan.FromMinutes(10);

    /// <summary>Starts one and waits until it is ready. The same instance again is found running, and only looked at.</summary>
    public async Task<StartedInstance> StartAsync(JobContext context, ReleaseSpec release, InstanceTarget target, CancellationToken cancellation)
    {
        context.Log.Info($"Starting {target.InstanceId} on {target.Node}{(target.Why is { } why ? $", which {why}" : "")}");
        var status = await agents.StartAsync(target, Request(context, release, target), cancellation);
        status = await RunningAsync(context, release, target, status, cancellation);
        return await ReadyAsync(context, release, target, status, cancellation);
    }

    /// <summary>Looks at an instance that should be serving.</summary>
    /// <param name="restarts">How often it had ended by itself when it was ready; null: not known.</param>
    /// <exception cref="JobFailedException">It is not, has ended since, or is not what was released.</exception>
    public async Task<StartedInstance> CheckAsync(JobContext context, ReleaseSpec release, InstanceTarget target, int? restarts, CancellationToken cancellation)
    {
        var status = await agents.StatusAsync(target, cancellation);
        if (status is null || status.State is not InstanceState.Running || status.Address is null) throw status is null ? InstanceDiagnosis.NotReady(null, release, null) : InstanceDiagnosis.Exited(status, release);
        if (status.Restarts > restarts) throw InstanceDiagnosis.Exited(status, release);
        return await ReadyAsync(context, release, target, status, cancellation);
    }

    private StartInstanceRequest Request(JobContext context, ReleaseSpec release, InstanceTarget target)
    {
        // Only what this release declares leaves the runner.
        var secrets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in release.SecretNames) secrets[name] = context.Secret(release.SecretKey(name))!;
        if (release.Artifact is { } artifact && context.Job.Secrets.TryGetValue(artifact.RightKey(), out var right)) secrets[ArtifactRight] = right;
        if (release.Image?.PasswordSecret is { } registry && context.Job.Secrets.TryGetValue(registry, out var password)) secrets[registry] = password;

        return new StartInstanceRequest(target.InstanceId, release, secrets, release.Artifact is null ? null : controlPlane.ArtifactUrl(release.Artifact.Digest).AbsoluteUri);
    }

    private async Task<InstanceStatus> RunningAsync(JobContext context, ReleaseSpec release, InstanceTarget target, InstanceStatus status, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (status.Failure is not null || status.State is InstanceState.Exited or InstanceState.Restarting or InstanceState.Stopped) throw InstanceDiagnosis.Exited(status, release);
            if (status is { State: InstanceState.Running, Address: not null }) break;
            var waited = time.GetElapsedTime(began);
            if (waited > FetchPatience) throw InstanceDiagnosis.NotReady(status, release, null);
            await Task.Delay(waited < Later ? LookAtFirst : LookLater, time, cancellation);
            status = await agents.StatusAsync(target, cancellation) ?? throw InstanceDiagnosis.NotReady(null, release, null);
        }

        context.Log.Info($"{target.InstanceId} runs at {status.Address}");
        Digests.Check(release, target, status.Digest);
        return status;
    }

    private async Task<StartedInstance> ReadyAsync(JobContext context, ReleaseSpec release, InstanceTarget target, InstanceStatus status, CancellationToken cancellation)
    {
        var check = release.HealthCheck;
        var interval = TimeSpan.FromMilliseconds(Math.Clamp(check.IntervalMilliseconds, 20, 60_000));
        var began = time.GetTimestamp();
        var inARow = 0;
        while (true)
        {
            var answer = await probe.AskAsync(status.Address!, check, cancellation);
            inARow = answer.IsHealthy ? inARow + 1 : 0;
            if (inARow >= check.Successes)
            {
                Digests.Check(release, target, status.Digest);
                context.Log.Info($"{target.InstanceId} is healthy: {check.Path} answered {answer.Status}");
                return new StartedInstance(target.InstanceId, target.Node, status.Address!, status.Digest, status.Restarts);
            }

            var now = await agents.StatusAsync(target, cancellation) ?? throw InstanceDiagnosis.NotReady(null, release, answer);
            if (now.Failure is not null || now.State is not InstanceState.Running || now.Restarts > status.Restarts || now.Address is null) throw InstanceDiagnosis.Exited(now, release);
            status = now;
            if (!answer.IsHealthy && time.GetElapsedTime(began) > TimeSpan.FromSeconds(check.StartSeconds)) throw InstanceDiagnosis.NotReady(now, release, answer);
            await Task.Delay(interval, time, cancellation);
        }
    }
}

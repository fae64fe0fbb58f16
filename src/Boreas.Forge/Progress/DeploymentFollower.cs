using Boreas.Contracts.Deployments;
using Boreas.Forge.ControlPlane;

namespace Boreas.Forge.Progress;

/// <summary>Shows a deployment in the pusher's terminal until it has ended, the time is over, or the pusher has gone. The deployment does not notice.</summary>
internal sealed class DeploymentFollower(ForgeOptions options, ControlPlaneClient controlPlane, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseWhileAway = TimeSpan.FromSeconds(2);

    public async Task FollowAsync(string clientToken, string deploymentId, PusherTerminal terminal, CancellationToken gone)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromMinutes(options.FollowMinutes), time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(gone, over.Token);
        try
        {
            await TellAsync(clientToken, deploymentId, terminal, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await terminal.LineAsync($"… The deployment {deploymentId} goes on without this terminal.");
        }
        catch (RefusedException e)
        {
            await terminal.LineAsync($"… The deployment {deploymentId} goes on; it cannot be shown here: {e.Message}");
        }
    }

    private async Task TellAsync(string clientToken, string deploymentId, PusherTerminal terminal, CancellationToken stop)
    {
        var narrative = new Narrative();
        var lastLine = new Dictionary<string, long>(StringComparer.Ordinal);
        var away = false;
        while (true)
        {
            try
            {
                var deployment = await terminal.WhileAsync(controlPlane.DeploymentAsync(clientToken, deploymentId, stop));
                away = false;
                foreach (var task in deployment.Tasks.OrderBy(task => task.StartedAt ?? DateTimeOffset.MaxValue).ThenBy(task => task.Order))
                    await TaskAsync(task);
                if (Narrative.Outcome(deployment) is { } outcome)
                {
                    foreach (var line in outcome) await terminal.LineAsync(line);
                    return;
                }

                if (narrative.Wait(deployment) is { } wait) await terminal.LineAsync(wait);
            }
            catch (AwayException)
            {
                if (!away) await terminal.LineAsync("… Boreas does not answer just now; the deployment goes on, and is shown again when it does.");
                away = true;
            }

            await terminal.WhileAsync(PauseAsync(away ? PauseWhileAway : Pause, stop));
        }

        async Task TaskAsync(DeploymentTask task)
        {
            if (narrative.Start(task) is { } heading) await terminal.LineAsync(heading);
            if (Narrative.Runs(task) || narrative.EndsNow(task)) await LogAsync(task);
            foreach (var line in narrative.End(task)) await terminal.LineAsync(line);
        }

        async Task LogAsync(DeploymentTask task)
        {
            int told;
            do
            {
                long? after = lastLine.TryGetValue(task.Id, out var last) ? last : null;
                var logs = await terminal.WhileAsync(controlPlane.LogsAsync(clientToken, deploymentId, task.Id, after, stop));
                var news = logs.Logs.Where(line => after is null || line.Sequence > after).ToList();
                foreach (var line in news) await terminal.LineAsync("    " + line.Message);
                if (news.Count > 0) lastLine[task.Id] = news[^1].Sequence;
                told = news.Count;
            }
            while (told > 0 && !Narrative.Runs(task)); // Nobody asks again about a task that has ended.
        }
    }

    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        await Task.Delay(pause, time, stop);
        return true;
    }
}

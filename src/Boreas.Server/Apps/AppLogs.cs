using System.Threading.Channels;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Apps;
using Boreas.Server.Nodes;

namespace Boreas.Server.Apps;

/// <summary>
/// The logs of an app's instances as one. Which instances there are is what the nodes said last. A node that cannot be
/// asked is told of in a line of the stream <see cref="AppLogLine.FromBoreas"/>, in place of what its instances write.
/// </summary>
internal sealed class AppLogs(NodeRegistry nodes, InstanceLogs logs, TimeProvider time)
{
    /// <summary>Most lines that an agent gives of what was written before.</summary>
    public const int MaxTail = 5000;

    private static readonly TimeSpan ReadWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    /// <summary>The last lines of each instance, in the order of their times.</summary>
    public async Task<IReadOnlyList<AppLogLine>> TailAsync(string app, string environment, int tail, CancellationToken cancellationToken)
    {
        var instances = await FindAsync(app, environment, cancellationToken);
        var read = await Task.WhenAll(instances.Select(instance => TailAsync(instance, tail, cancellationToken)));
        return [.. read.SelectMany(lines => lines).OrderBy(line => line.Timestamp)];
    }

    /// <summary>
    /// Writes the last lines of each instance and then the new ones as they come, also those of instances that come later,
    /// until it is cancelled. What an app writes while its agent is away is not among them.
    /// </summary>
    public async Task FollowAsync(string app, string environment, int tail, ChannelWriter<AppLogLine> lines, CancellationToken cancellationToken)
    {
        var followed = new Dictionary<string, Followed>(StringComparer.Ordinal);
        var before = tail;
        using var timer = new PeriodicTimer(LookAgain, time);
        try
        {
            do
            {
                var present = (await FindAsync(app, environment, cancellationToken)).ToDictionary(instance => instance.Id, StringComparer.Ordinal);
                foreach (var id in followed.Keys.Except(present.Keys).ToList())
                {
                    followed.Remove(id, out var gone);
                    await gone!.DisposeAsync();
                }

                foreach (var instance in present.Values)
                {
                    if (!followed.TryGetValue(instance.Id, out var one)) followed[instance.Id] = one = new Followed(logs, lines, time, before);
                    await one.LookAsync(instance, cancellationToken);
                }

                before = MaxTail; // Of an instance that comes later, everything is new.
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        finally
        {
            foreach (var one in followed.Values) await one.DisposeAsync();
        }
    }

    private async Task<IReadOnlyList<AppLogLine>> TailAsync(Instance instance, int tail, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(ReadWithin, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var lines = new List<AppLogLine>();
        try
        {
            await foreach (var line in logs.ReadAsync(instance.Node, instance.Id, tail, follow: false, limit.Token)) lines.Add(Of(instance, line));
        }
        catch (NodeAwayException away)
        {
            lines.Add(Of(instance, away.Message, time));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            lines.Add(Of(instance, $"Node {instance.Node.Name} did not send all of the log in time.", time));
        }

        return lines;
    }

    /// <summary>The app's instances that have not been stopped.</summary>
    private async Task<IReadOnlyList<Instance>> FindAsync(string app, string environment, CancellationToken cancellationToken)
    {
        return [.. from node in await nodes.ReadAsync(cancellationToken)
                   from instance in node.ReadInstances()
                   where instance.AppId == app && instance.Environment == environment && instance.State != InstanceState.Stopped
                   select new Instance(instance.InstanceId, node, node.IsLost)];
    }

    private static AppLogLine Of(Instance instance, InstanceLogLine line) => new(instance.Id, line.Timestamp, line.Stream, line.Message);

    private static AppLogLine Of(Instance instance, string remark, TimeProvider time) => new(instance.Id, time.GetUtcNow(), AppLogLine.FromBoreas, remark);

    /// <param name="Lost">Whether its node was not heard of for so long that a connection to it may hang.</param>
    private sealed record Instance(string Id, NodeRow Node, bool Lost);

    /// <summary>One instance, from the first look at it to the last.</summary>
    private sealed class Followed(InstanceLogs logs, ChannelWriter<AppLogLine> lines, TimeProvider time, int tail) : IAsyncDisposable
    {
        private CancellationTokenSource _stop = new();
        private Task _reading = Task.CompletedTask;
        private int _tail = tail;
        private bool _away;

        public async Task LookAsync(Instance instance, CancellationToken cancellationToken)
        {
            if (instance.Lost)
            {
                await StopAsync();
                TellAway(instance, $"Node {instance.Node.Name} was not heard of for {NodeRegistry.LostAfter.TotalSeconds:0} seconds.");
            }
            else if (_reading.IsCompleted)
            {
                await StopAsync();
                _reading = ReadAsync(instance, CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token));
            }
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _stop.Dispose();
        }

        private async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _reading;
            _stop.Dispose();
            _stop = new CancellationTokenSource();
        }

        private async Task ReadAsync(Instance instance, CancellationTokenSource until)
        {
            using var _ = until;
            try
            {
                await foreach (var line in logs.ReadAsync(instance.Node, instance.Id, _tail, follow: true, until.Token))
                {
                    (_tail, _away) = (0, false);
                    await lines.WriteAsync(Of(instance, line), until.Token);
                }

                _tail = 0;
            }
            catch (NodeAwayException away)
            {
                TellAway(instance, away.Message);
            }
            catch (OperationCanceledException)
            {
                // Nobody follows any more, or the instance is gone.
            }
        }

        private void TellAway(Instance instance, string why) => _away = _away || lines.TryWrite(Of(instance, why, time));
    }
}

using System.Runtime.CompilerServices;
using Boreas.Agent.Files;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Processes;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Boreas.Agent.Instances;

/// <summary>
/// Keeps one instance as it is wanted. One loop acts, everybody else only changes what is wanted and wakes it.
/// <para>
/// The order that makes a crash of the agent harmless: what is wanted is on disk before anything is done (deploy, stop);
/// what a start needs (port, digest) is on disk before the start; a start first ends whatever an earlier one left, which
/// it finds by marks that the started process itself carries, not by what the record says. So between any two steps the
/// next agent process can pick up: it looks at what runs, not at what was last written.
/// </para>
/// </summary>
internal sealed partial class InstanceSupervisor
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly InstanceFolder _folder;
    private readonly IInstanceRuntime _runtime;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action _changed;
    private InstanceRecord _record;
    private readonly CancellationTokenSource _over = new();
    private CancellationTokenSource _turn = new();
    private TimeSpan _grace = TimeSpan.FromSeconds(10);
    private int _endings;
    private SecretMask? _mask;
    private bool _leaving;
    private bool _acting;
    private Task _loop = Task.CompletedTask;

    public InstanceSupervisor(InstanceRecord record, InstanceFolder folder, IInstanceRuntime runtime, TimeProvider time, ILogger log, Action changed) =>
        (_record, _folder, _runtime, _time, _log, _changed) = (record, folder, runtime, time, log, changed);

    public InstanceRecord Record
    {
        get { lock (_gate) return _record; }
    }

    /// <summary>Looks at what runs, as left by an earlier agent process, and goes on from there.</summary>
    public async Task AdoptAsync(CancellationToken ct)
    {
        if (Record.Ended) return;
        try
        {
            var running = await _runtime.FindAsync(Record, ct);
            Save(record => running is null
                ? record with { Pid = null, StartTicks = null, Life = record.Life.State == InstanceState.Running ? record.Life.Again() : record.Life }
                : record.With(running) with { Life = record.Life.State == InstanceState.Running ? record.Life : record.Life.Started(_time.GetUtcNow()) });
            if (running is not null) LogAdopted(Record.InstanceId, running.Pid);
        }
        catch (InstanceProblem problem)
        {
            Save(record => record with { Life = record.Life.CouldNotStart(_time.GetUtcNow(), problem.Failure with { Kind = FailureKind.Errored }) });
        }

        Act();
    }

    public void Act()
    {
        lock (_gate)
        {
            if (_acting || _leaving) return;
            _acting = true;
            _loop = Task.Run(LoopAsync);
        }
    }

    /// <summary>Ends the instance for good; returns when nothing of it runs, or when that takes a minute longer than the grace.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken ct)
    {
        lock (_gate)
        {
            if (_record.Life.State != InstanceState.Stopped)
            {
                _grace = grace;
                if (_record.Wanted) Save(record => record with { Wanted = false });
                _ = _turn.CancelAsync();
            }
        }

        Act();
        await Task.WhenAny(_loop, Task.Delay(grace + StopTimeout, _time, ct));
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>The agent ends. With <paramref name="stopApp"/> the instance ends too, and is started again by the next agent process.</summary>
    public async Task LeaveAsync(bool stopApp, CancellationToken ct)
    {
        lock (_gate)
        {
            _leaving = true;
            _ = _turn.CancelAsync();
        }

        await _loop.WaitAsync(ct);
        if (!stopApp || Record.Ended) return;
        await _runtime.StopAsync(Record, _folder, _grace, ct);
        Save(record => record with { Pid = null, StartTicks = null, ContainerId = null, Life = record.Life.Again() });
    }

    /// <param name="withLines">Whether the last lines are read: they are many bytes for a heartbeat of an instance that is well.</param>
    public async Task<InstanceStatus> StatusAsync(string host, bool withLines, CancellationToken ct)
    {
        var record = Record;
        var (release, life) = (record.Release, record.Life);
        var running = life.State == InstanceState.Running;
        var lines = new List<string>();
        if (withLines || life.Failure is not null)
            await foreach (var line in LogsAsync(40, follow: false, ct)) lines.Add(line.Message);
        return new InstanceStatus(
            record.InstanceId, release.AppId, release.Environment, release.Version, life.State,
            record.Port is { } port && !record.Ended ? $"http://{host}:{port}" : null,
            record.Digest, life.ExitCode, life.Restarts, life.StartedAt, running ? _runtime.Listening(record) : [], lines, life.Failure);
    }

    /// <summary>What the instance wrote, with the values of its secrets masked: more people may read its log than may know them.</summary>
    public async IAsyncEnumerable<InstanceLogLine> LogsAsync(int tail, bool follow, [EnumeratorCancellation] CancellationToken ct)
    {
        var mask = Mask();
        using var until = CancellationTokenSource.CreateLinkedTokenSource(ct, _over.Token);
        await foreach (var line in _runtime.LogsAsync(Record, _folder, tail, follow, until.Token)) yield return line with { Message = mask.Mask(line.Message) };
    }

    /// <summary>Made while the secrets are there: they go with the instance, and its log stays.</summary>
    private SecretMask Mask() => _mask ??= new SecretMask(_folder.LoadSecrets().Values);

    private async Task LoopAsync()
    {
        while (Turn() is { } turn)
        {
            try
            {
                if (!Record.Wanted) await EndAsync(turn);
                else if (Record.Life.State == InstanceState.Running) await WatchAsync(turn);
                else await StartAsync(turn);
            }
            catch (OperationCanceledException) when (turn.IsCancellationRequested)
            {
                // Something else is wanted now; the next turn sees what.
            }
            catch (InstanceProblem problem)
            {
                CouldNotStart(problem.Failure);
            }
            catch (IOException error) when (DiskSpace.IsFull(error))
            {
                CouldNotStart(DiskSpace.Failure(_folder.Path));
            }
            catch (Exception error)
            {
                LogBroken(error, Record.InstanceId);
                CouldNotStart(new JobFailure(FailureKind.Errored, ProblemCodes.Internal, $"The agent failed at this instance: {error.Message}", "Look at the agent's log on the node."));
            }
        }
    }

    /// <summary>The token of the next turn, or null when there is nothing to do.</summary>
    private CancellationToken? Turn()
    {
        lock (_gate)
        {
            if (_leaving || _record.Life.State == InstanceState.Stopped || (_record.Ended && _record.Wanted))
            {
                _acting = false;
                return null;
            }

            if (_turn.IsCancellationRequested) _turn = new CancellationTokenSource();
            return _turn.Token;
        }
    }

    private async Task StartAsync(CancellationToken turn)
    {
        if (Record.Life.StartAfter is { } after && after - _time.GetUtcNow() is var pause && pause > TimeSpan.Zero)
            await Task.Delay(pause, _time, turn);
        var prepared = await _runtime.PrepareAsync(Record, _folder, turn);
        Save(record => record with { Port = prepared.Port, ImageId = prepared.ImageId, Digest = prepared.Digest });
        var running = await _runtime.StartAsync(Record, _folder, turn);
        Save(record => record.With(running) with { Life = record.Life.Started(_time.GetUtcNow()) });
        LogStarted(Record.InstanceId, running.Pid);
    }

    private async Task WatchAsync(CancellationToken turn)
    {
        while (true)
        {
            if (await _runtime.CheckAsync(Record, _folder, turn) is { } ended)
            {
                Save(record => record with { Pid = null, StartTicks = null, Life = record.Life.Ended(_time.GetUtcNow(), ended.ExitCode, ended.Failure) });
                LogEnded(Record.InstanceId, ended.Failure.Message, Record.Life.Restarts);
                return;
            }

            var record = Record;
            if (!record.Life.Ready && (IsReachable(record) || _time.GetUtcNow() - record.Life.StartedAt >= InstanceLife.Steady))
                Save(now => now with { Life = now.Life.BecameReady() });
            await Task.Delay(Look, _time, turn);
        }
    }

    private bool IsReachable(InstanceRecord record)
    {
        var port = record.Release.Image is null ? record.Port : record.Release.ContainerPort;
        return _runtime.Listening(record).Any(listening => listening == port);
    }

    private async Task EndAsync(CancellationToken turn)
    {
        if (_endings++ > 0) await Task.Delay(InstanceLife.Pause(_endings - 2), _time, turn);
        var exitCode = await _runtime.StopAsync(Record, _folder, _grace, CancellationToken.None);
        _ = Mask();
        _folder.Shrink();
        Save(record => record with { Pid = null, StartTicks = null, ContainerId = null, Life = record.Life.Stopped(exitCode) });
        _ = _over.CancelAsync();
        LogStopped(Record.InstanceId);
    }

    /// <summary>A full disk must not hide itself: what could not be written is still what is told.</summary>
    private void CouldNotStart(JobFailure failure)
    {
        var next = Record with { Life = Record.Life.CouldNotStart(_time.GetUtcNow(), failure) };
        try
        {
            Save(_ => next);
        }
        catch (IOException)
        {
            lock (_gate) _record = next;
            _changed();
        }

        LogTrouble(next.InstanceId, failure.Code, failure.Message);
    }

    private void Save(Func<InstanceRecord, InstanceRecord> change)
    {
        lock (_gate)
        {
            var next = change(_record);
            _folder.Save(next);
            _record = next;
        }

        _changed();
    }

    [LoggerMessage(LogLevel.Information, "Instance {Instance} runs as process {Pid}.")]
    private partial void LogStarted(string instance, int pid);

    [LoggerMessage(LogLevel.Information, "Instance {Instance} was found running as process {Pid}.")]
    private partial void LogAdopted(string instance, int pid);

    [LoggerMessage(LogLevel.Warning, "Instance {Instance} ended: {Why} Restart {Restarts} follows.")]
    private partial void LogEnded(string instance, string why, int restarts);

    [LoggerMessage(LogLevel.Information, "Instance {Instance} is stopped.")]
    private partial void LogStopped(string instance);

    [LoggerMessage(LogLevel.Warning, "Instance {Instance}: {Code}: {Why}")]
    private partial void LogTrouble(string instance, string code, string why);

    [LoggerMessage(LogLevel.Error, "Instance {Instance} could not be handled.")]
    private partial void LogBroken(Exception error, string instance);
}

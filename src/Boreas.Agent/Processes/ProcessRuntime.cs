using System.Collections.Concurrent;
using Boreas.Agent.Artifacts;
using Boreas.Agent.Instances;
using Boreas.Agent.Logs;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Processes;

namespace Boreas.Agent.Processes;

/// <summary>
/// Artifacts as plain processes of the agent's own user: each in a session of its own, detached, its output in files.
/// Memory and number of processes are watched, not enforced by the kernel: an app that is over is ended within a second.
/// CPU is not limited.
/// </summary>
internal sealed class ProcessRuntime(AgentOptions options, ArtifactCache artifacts, AppEnvironment variables, PortPicker ports, NodeAddress address, TimeProvider time)
    : IInstanceRuntime
{
    private readonly ConcurrentDictionary<string, LogMarks> _marks = new(StringComparer.Ordinal);
    private readonly SessionUsage _usage = new(time);
    private readonly ArtifactUnpacker _unpacker = new(options.MaxUnpackedBytes, options.MaxUnpackedEntries);

    public async Task<InstanceRecord> PrepareAsync(InstanceRecord record, InstanceFolder folder, CancellationToken ct)
    {
        var artifact = record.Release.Artifact ?? throw InstanceProblem.Failed(ProblemCodes.Invalid, "The release has neither an image nor an artifact.");
        folder.Create();
        if (!Directory.Exists(folder.App))
        {
            await using var archive = await artifacts.OpenAsync(artifact, record.ArtifactUrl, folder.LoadSecrets().GetValueOrDefault(ArtifactCache.SecretName), ct);
            await _unpacker.UnpackAsync(archive, folder.App, ct);
        }

        await EndAsync(record, TimeSpan.Zero, ct);
        return record with { Port = ports.For(record), Digest = artifact.Digest };
    }

    public Task<RunningInstance> StartAsync(InstanceRecord record, InstanceFolder folder, CancellationToken ct)
    {
        var port = record.Port!.Value;
        var start = AppCommand.Of(record.Release, folder.App, Environment(record, folder, port), port, options.SelfCommand);
        try
        {
            var process = DetachedProgram.Start(start, Output(folder, "stdout"), Output(folder, "stderr"));
            return Task.FromResult(new RunningInstance(process.Pid, process.StartTicks));
        }
        catch (ProgramMissingException missing)
        {
            throw InstanceProblem.Failed(ProblemCodes.ProgramMissing, missing.Message, "Install it on the node, or correct the app's command.");
        }
        catch (IOException error) when (!Files.DiskSpace.IsFull(error))
        {
            throw InstanceProblem.Errored(ProblemCodes.ProgramMissing, error.Message, "Check the app's command and, for a script, its first line.");
        }
    }

    public async Task<RunningInstance?> FindAsync(InstanceRecord record, CancellationToken ct)
    {
        if (record.Pid is not null && ProcessTable.IsAlive(Leader(record))) return new RunningInstance(Leader(record).Pid, Leader(record).StartTicks);
        var leaders = MarkedProcesses.Find(variables.AgentId).Where(process => process.Instance == record.InstanceId && process.LeadsSession).ToList();
        if (leaders.Count == 1) return new RunningInstance(leaders[0].Process.Pid, leaders[0].Process.StartTicks);
        await EndAsync(record, TimeSpan.Zero, ct);
        return null;
    }

    public Task<EndedInstance?> CheckAsync(InstanceRecord record, InstanceFolder folder, CancellationToken ct)
    {
        foreach (var stream in (string[])["stdout", "stderr"])
        {
            var file = Output(folder, stream);
            LogTurnover.IfLarger(file, options.LogFileBytes);
            if (new FileInfo(file) is { Exists: true } written) Marks(record, stream).Note(written.Length, time.GetUtcNow());
        }

        var leader = Leader(record);
        if (!ProcessTable.IsAlive(leader))
        {
            var exitCode = ProcessTable.Reap(leader.Pid);
            ProcessTable.Kill(leader);
            return Task.FromResult<EndedInstance?>(new EndedInstance(exitCode, AppExit.Of(exitCode)));
        }

        return Task.FromResult(Exceeded(record, leader));
    }

    public IReadOnlyList<int> Listening(InstanceRecord record) => record.Pid is null ? [] : ProcessTable.ListeningPorts(Leader(record));

    public async Task<int?> StopAsync(InstanceRecord record, InstanceFolder folder, TimeSpan grace, CancellationToken ct)
    {
        await EndAsync(record, grace, ct);
        ports.GiveBack(record.InstanceId);
        _marks.TryRemove(record.InstanceId + "/stdout", out _);
        _marks.TryRemove(record.InstanceId + "/stderr", out _);
        return record.Pid is { } pid ? ProcessTable.Reap(pid) : null;
    }

    public IAsyncEnumerable<InstanceLogLine> LogsAsync(InstanceRecord record, InstanceFolder folder, int tail, bool follow, CancellationToken until)
    {
        return LogStream.ReadAsync([File("stdout"), File("stderr")], tail, follow, time, until);

        LogFile File(string stream)
        {
            var path = Output(folder, stream);
            return new LogFile(path, (text, end) => new InstanceLogLine(Marks(record, stream).SeenAt(end) ?? LastWrite(path), stream, text));
        }
    }

    public async Task RemoveStrangersAsync(IReadOnlySet<string> known, CancellationToken ct)
    {
        await ProcessEnding.EndAsync(
            () => MarkedProcesses.Find(variables.AgentId).Where(process => !known.Contains(process.Instance)).Select(process => process.Session).ToHashSet(),
            TimeSpan.FromSeconds(5), time, ct);
    }

    private EndedInstance? Exceeded(InstanceRecord record, ProcessIdentity leader)
    {
        var (count, bytes) = _usage.Of(leader.Pid);
        var failure = record.Release.Limits switch
        {
            { MemoryMb: > 0 and var megabytes } when bytes > megabytes * 1048576L => AppExit.OutOfMemory(megabytes, bytes),
            { Processes: > 0 and var limit } when count > limit => AppExit.TooManyProcesses(limit, count),
            _ => null,
        };
        if (failure is null) return null;
        ProcessTable.Kill(leader);
        return new EndedInstance(null, failure);
    }

    private Dictionary<string, string> Environment(InstanceRecord record, InstanceFolder folder, int port)
    {
        var result = BaseEnvironment.With(
            new("HOME", folder.App), new("TMPDIR", folder.Temporary), new("HOST", address.Bind.ToString()),
            new("ASPNETCORE_URLS", $"http://{(address.Bind.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address.Bind}]" : address.Bind)}:{port}"));
        foreach (var (name, value) in variables.Of(record, folder, port)) result[name] = value;
        return result;
    }

    private Task EndAsync(InstanceRecord record, TimeSpan grace, CancellationToken ct) => ProcessEnding.EndAsync(
        () =>
        {
            var sessions = MarkedProcesses.Find(variables.AgentId).Where(process => process.Instance == record.InstanceId).Select(process => process.Session).ToHashSet();
            if (record.Pid is not null && ProcessTable.Members(Leader(record)).Count > 0) sessions.Add(Leader(record));
            return sessions;
        },
        grace, time, ct);

    private LogMarks Marks(InstanceRecord record, string stream) => _marks.GetOrAdd(record.InstanceId + "/" + stream, _ => new LogMarks());

    private DateTimeOffset LastWrite(string path) => System.IO.File.Exists(path) ? System.IO.File.GetLastWriteTimeUtc(path) : time.GetUtcNow();

    private static string Output(InstanceFolder folder, string stream) => Path.Combine(folder.Logs, stream + ".log");

    private static ProcessIdentity Leader(InstanceRecord record) => new(record.Pid ?? 0, record.StartTicks ?? 0);
}

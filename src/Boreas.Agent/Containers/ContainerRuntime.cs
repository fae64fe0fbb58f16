using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Boreas.Agent.Files;
using Boreas.Agent.Instances;
using Boreas.Agent.Logs;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Processes;

namespace Boreas.Agent.Containers;

/// <summary>
/// Images as containers of podman or docker. A container's name is its instance, so the engine itself keeps a second one
/// from starting. The engine restarts nothing: after a crash the agent starts the same container again.
/// </summary>
internal sealed class ContainerRuntime(AgentOptions options, EngineDetector detector, AppEnvironment variables, PortPicker ports, NodeAddress address, TimeProvider time)
    : IInstanceRuntime
{
    private const int KeptLines = 1000;
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);

    public async Task<InstanceRecord> PrepareAsync(InstanceRecord record, InstanceFolder folder, CancellationToken ct)
    {
        var engine = await detector.RequireAsync(ct);
        folder.Create();
        // Before the first start the port is saved: without one there was none.
        var there = record.Port is null ? null : await FindContainerAsync(engine, record.InstanceId, ct);
        if (there is { State.Running: true } && record is { Port: not null, ImageId: not null }) return record;
        var image = await ImageStore.EnsureAsync(engine, record, folder, ct);
        var port = ports.For(record);
        if (there is not null && (port != record.Port || image.FullId != record.ImageId)) await RunAsync(engine.Remove(there.Id), ct);
        return record with { Port = port, ImageId = image.FullId, Digest = image.Digest(record.Release.Digest) };
    }

    public async Task<RunningInstance> StartAsync(InstanceRecord record, InstanceFolder folder, CancellationToken ct)
    {
        var engine = await detector.RequireAsync(ct);
        var there = record.ContainerId is null ? null : await FindContainerAsync(engine, record.InstanceId, ct);
        if (there is { State.Running: true }) return Running(there);
        var result = there is null ? await RunNewAsync(engine, record, folder, ct) : await RunAsync(engine.Start(record.InstanceId), ct);
        if (there is null && EngineTrouble.IsNameTaken(result))
        {
            // Started by an agent process that was killed before it could note so.
            there = await FindContainerAsync(engine, record.InstanceId, ct);
            if (there is { State.Running: true }) return Running(there);
            if (there is not null) result = await RunAsync(engine.Start(record.InstanceId), ct);
        }

        if (!result.Succeeded)
        {
            await RunAsync(engine.Remove(ContainerProgram.NameOf(record.InstanceId)), CancellationToken.None);
            throw EngineTrouble.OfRun(result, engine, record.Port);
        }

        return Running(await FindContainerAsync(engine, record.InstanceId, ct)
            ?? throw InstanceProblem.Errored(ProblemCodes.EngineUnreachable, $"{engine.Name} started the container and does not know it.", $"Check '{engine.Name} ps --all' on the node."));
    }

    public async Task<RunningInstance?> FindAsync(InstanceRecord record, CancellationToken ct) =>
        await FindContainerAsync(await detector.RequireAsync(ct), record.InstanceId, ct) is { State.Running: true } found ? Running(found) : null;

    public async Task<EndedInstance?> CheckAsync(InstanceRecord record, InstanceFolder folder, CancellationToken ct)
    {
        if (ProcessTable.IsAlive(new ProcessIdentity(record.Pid ?? 0, record.StartTicks ?? 0))) return null;
        var container = await FindContainerAsync(await detector.RequireAsync(ct), record.InstanceId, ct);
        if (container is null) return new EndedInstance(null, new JobFailure(FailureKind.Errored, ProblemCodes.AppExited, "The container was removed by somebody else than the agent.", "Leave containers named boreas-… to the agent."));
        if (!container.State.Running)
            return new EndedInstance(container.State.ExitCode, container.State.OOMKilled ? AppExit.OutOfMemory(record.Release.Limits.MemoryMb, null) : AppExit.Of(container.State.ExitCode));
        if (container.State.StartTicks > 0 && container.State.Pid != record.Pid)
            return new EndedInstance(null, new JobFailure(FailureKind.Errored, ProblemCodes.AppExited, "The container was restarted by somebody else than the agent.", "Leave containers named boreas-… to the agent."));

        // Its process is gone and the engine has not noticed yet, or the engine runs on another kernel than we.
        await Task.Delay(Settle, time, ct);
        return null;
    }

    public IReadOnlyList<int> Listening(InstanceRecord record) => record.Pid is > 0 ? NamespaceSockets.Listening(record.Pid.Value) : [];

    public async Task<int?> StopAsync(InstanceRecord record, InstanceFolder folder, TimeSpan grace, CancellationToken ct)
    {
        ports.GiveBack(record.InstanceId);
        var engine = await StopEngineAsync(record, ct);
        if (engine is null || await FindContainerAsync(engine, record.InstanceId, ct) is null) return null;
        await RunAsync(engine.Stop(record.InstanceId, grace), ct);
        var ended = await FindContainerAsync(engine, record.InstanceId, ct);
        if (!engine.IsPodman) await KeepLogsAsync(record, folder, ct);
        var removed = await RunAsync(engine.Remove(ContainerProgram.NameOf(record.InstanceId)), ct);
        if (!removed.Succeeded && await FindContainerAsync(engine, record.InstanceId, ct) is not null) throw EngineTrouble.OfRun(removed, engine, record.Port);
        return ended?.State.ExitCode;
    }

    public IAsyncEnumerable<InstanceLogLine> LogsAsync(InstanceRecord record, InstanceFolder folder, int tail, bool follow, CancellationToken until) =>
        record.ContainerId is not null && detector.Name == "docker"
            ? CommandLogsAsync(record, tail, follow, until)
            : LogStream.ReadAsync([new LogFile(LogPath(folder), (line, _) => ContainerLogLine.FromFile(line))], tail, follow, time, until);

    public async Task RemoveStrangersAsync(IReadOnlySet<string> known, CancellationToken ct)
    {
        if (detector.Name == "process") return;
        var engine = await detector.RequireAsync(ct);
        var listed = await RunAsync(engine.ListOwn(variables.AgentId), ct);
        if (!listed.Succeeded) throw EngineTrouble.OfRun(listed, engine, null);
        var ids = listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (ids.Length == 0) return;
        var inspected = await RunAsync(engine.Inspect(ids), ct);
        foreach (var stranger in InspectedContainer.Read(inspected.Output).Where(container => !known.Contains(container.Label(ContainerProgram.InstanceLabel) ?? "")))
            await RunAsync(engine.Remove(stranger.Id), ct);
    }

    private async Task<ProgramResult> RunNewAsync(ContainerProgram engine, InstanceRecord record, InstanceFolder folder, CancellationToken ct)
    {
        var environment = variables.Of(record, folder, record.Release.ContainerPort);
        var own = environment.Where(variable => ContainerProgram.IsOwn(variable.Key)).ToList();
        if (own.Find(variable => variable.Value.AsSpan().ContainsAny('\n', '\r')) is { Key: { } name })
            throw InstanceProblem.Failed(ProblemCodes.Invalid, $"The variable {name} has several lines, and the container engine can take only one for this name.", "Give the variable another name.");
        var file = own.Count == 0 ? null : Path.Combine(folder.Temporary, "variables.env");
        if (file is not null) PrivateFile.Write(file, System.Text.Encoding.UTF8.GetBytes(string.Concat(own.Select(variable => $"{variable.Key}={variable.Value}\n"))));
        try
        {
            return await RunAsync(engine.Run(record, record.ImageId!, address.Bind.ToString(), environment, file, LogPath(folder), variables.AgentId, options.LogFileBytes), ct);
        }
        finally
        {
            if (file is not null) File.Delete(file);
        }
    }

    /// <summary>An engine that is gone cannot hold what it never started.</summary>
    private async Task<ContainerProgram?> StopEngineAsync(InstanceRecord record, CancellationToken ct)
    {
        try
        {
            return await detector.RequireAsync(ct);
        }
        catch (InstanceProblem) when (record.ImageId is null)
        {
            return null;
        }
    }

    private async Task<InspectedContainer?> FindContainerAsync(ContainerProgram engine, string instanceId, CancellationToken ct)
    {
        var result = await RunAsync(engine.Inspect([ContainerProgram.NameOf(instanceId)]), ct);
        if (!result.Succeeded)
            return result.ErrorTail.Contains("no such", StringComparison.OrdinalIgnoreCase) ? null : throw EngineTrouble.OfRun(result, engine, null);
        var found = InspectedContainer.Read(result.Output) is [var container, ..] ? container : null;
        return found is null || found.Label(ContainerProgram.AgentLabel) == variables.AgentId ? found
            : throw InstanceProblem.Errored(ProblemCodes.AlreadyExists, $"A container named {ContainerProgram.NameOf(instanceId)} is there and is not this agent's.", "Remove it, or give each agent its own container engine.");
    }

    private async IAsyncEnumerable<InstanceLogLine> CommandLogsAsync(InstanceRecord record, int tail, bool follow, [EnumeratorCancellation] CancellationToken until)
    {
        var lines = Channel.CreateBounded<InstanceLogLine>(256);
        var engine = ContainerProgram.Docker;
        var reading = Task.Run(async () =>
        {
            try
            {
                await ProgramRunner.RunAsync(engine.Logs(record.InstanceId, tail, follow), async line =>
                {
                    if (ContainerLogLine.FromCommand(line.Text, line.IsError) is { } parsed) await lines.Writer.WriteAsync(parsed, until);
                }, until);
            }
            catch (OperationCanceledException)
            {
                // Nobody reads any more.
            }
            finally
            {
                lines.Writer.Complete();
            }
        }, CancellationToken.None);
        await foreach (var line in lines.Reader.ReadAllAsync(CancellationToken.None)) yield return line;
        await reading;
    }

    private async Task KeepLogsAsync(InstanceRecord record, InstanceFolder folder, CancellationToken ct)
    {
        var lines = new List<string>();
        await foreach (var line in CommandLogsAsync(record, KeptLines, follow: false, ct)) lines.Add(ContainerLogLine.ToFile(line));
        await File.WriteAllLinesAsync(LogPath(folder), lines, ct);
    }

    private static async Task<ProgramResult> RunAsync(ProgramStart start, CancellationToken ct)
    {
        try
        {
            return await ProgramRunner.RunAsync(start with { TailLength = 4 << 20 }, cancellation: ct);
        }
        catch (ProgramMissingException missing)
        {
            throw InstanceProblem.Errored(ProblemCodes.EngineUnreachable, $"{missing.Program} is not installed on this node any more.", "Install it again.");
        }
    }

    private static RunningInstance Running(InspectedContainer container) => new(container.State.Pid, container.State.StartTicks, container.Id);

    private static string LogPath(InstanceFolder folder) => Path.Combine(folder.Logs, "container.log");
}

using System.Text.Json;
using Boreas.Agent.Processes;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Boreas.Agent.Instances;

/// <summary>The instances of this node: deploys, stops, and adoption at start.</summary>
internal sealed partial class InstanceRegistry(
    AgentOptions options,
    InstanceFolders folders,
    ProcessRuntime processes,
    Containers.ContainerRuntime containers,
    NodeAddress address,
    ChangeSignal changes,
    TimeProvider time,
    ILogger<InstanceRegistry> log)
{
    private const int KeptStopped = 50;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, InstanceSupervisor> _instances = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _adopted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when everything that an earlier agent process left is known; before that nobody may ask.</summary>
    public Task Adopted => _adopted.Task;

    public async Task AdoptAsync(CancellationToken ct)
    {
        var records = folders.LoadAll();
        var known = records.Where(record => !record.Ended).Select(record => record.InstanceId).ToHashSet(StringComparer.Ordinal);
        foreach (var record in records) _instances[record.InstanceId] = Supervise(record);
        await processes.RemoveStrangersAsync(known, ct);
        try
        {
            await containers.RemoveStrangersAsync(known, ct);
        }
        catch (InstanceProblem problem)
        {
            LogNotLooked(problem.Failure.Message);
        }

        foreach (var supervisor in _instances.Values) await supervisor.AdoptAsync(ct);
        _adopted.TrySetResult();
    }

    /// <summary>Starts an instance, or answers with the one that is there.</summary>
    /// <exception cref="InstanceProblem">Another release has this id, or the node is full.</exception>
    public async Task<InstanceStatus> DeployAsync(StartInstanceRequest request, CancellationToken ct)
    {
        InstanceSupervisor supervisor;
        lock (_gate)
        {
            if (_instances.TryGetValue(request.InstanceId, out var there) && !there.Record.Ended)
            {
                if (!there.Record.Wanted || !Same(there.Record.Release, request.Release))
                    throw InstanceProblem.Failed(ProblemCodes.StateConflict, $"Instance {request.InstanceId} {(there.Record.Wanted ? "runs another release" : "is being stopped")}.", "Use a new instance id for a new release.");
                supervisor = there;
            }
            else
            {
                if (_instances.Values.Count(instance => !instance.Record.Ended) >= options.Capacity)
                    throw InstanceProblem.Errored(ProblemCodes.QuotaExceeded, $"Node {options.Name} runs {options.Capacity} instances, which is its capacity.", "Stop some, add a node, or raise the agent's capacity.");
                _instances[request.InstanceId] = supervisor = Create(request);
                supervisor.Act();
            }
        }

        return await supervisor.StatusAsync(address.InstanceHost, withLines: true, ct);
    }

    public InstanceSupervisor? Find(string instanceId)
    {
        lock (_gate) return _instances.GetValueOrDefault(instanceId);
    }

    public async Task<IReadOnlyList<InstanceStatus>> ListAsync(bool withLines, CancellationToken ct)
    {
        List<InstanceSupervisor> all;
        lock (_gate) all = [.. _instances.Values.OrderBy(instance => instance.Record.CreatedAt)];
        var statuses = new List<InstanceStatus>(all.Count);
        foreach (var instance in all) statuses.Add(await instance.StatusAsync(address.InstanceHost, withLines, ct));
        return statuses;
    }

    /// <summary>Stops it; its logs stay for a while.</summary>
    public async Task StopAsync(string instanceId, TimeSpan grace, CancellationToken ct)
    {
        if (Find(instanceId) is { } instance) await instance.StopAsync(grace, ct);
        ForgetOldest();
    }

    /// <summary>Stops it and deletes all that is left of it.</summary>
    public async Task RemoveAsync(string instanceId, CancellationToken ct)
    {
        if (Find(instanceId) is not { } instance) return;
        await instance.StopAsync(TimeSpan.FromSeconds(10), ct);
        Forget(instance);
    }

    public async Task LeaveAsync(CancellationToken ct)
    {
        List<InstanceSupervisor> all;
        lock (_gate) all = [.. _instances.Values];
        await Task.WhenAll(all.Select(instance => instance.LeaveAsync(options.StopAppsOnExit, ct)));
    }

    private InstanceSupervisor Create(StartInstanceRequest request)
    {
        var folder = folders.Of(request.InstanceId);
        folder.Delete();
        folder.Create();
        folder.SaveSecrets(request.Secrets);
        var record = new InstanceRecord(request.InstanceId, request.Release, request.ArtifactUrl, Wanted: true, time.GetUtcNow(), new InstanceLife());
        folder.Save(record);
        return Supervise(record);
    }

    private InstanceSupervisor Supervise(InstanceRecord record) =>
        new(record, folders.Of(record.InstanceId), record.Release.Image is null ? processes : containers, time, log, changes.Raise);

    private void ForgetOldest()
    {
        List<InstanceSupervisor> old;
        lock (_gate)
            old = [.. _instances.Values.Where(instance => instance.Record.Life.State == InstanceState.Stopped).OrderByDescending(instance => instance.Record.CreatedAt).Skip(KeptStopped)];
        foreach (var instance in old) Forget(instance);
    }

    private void Forget(InstanceSupervisor instance)
    {
        lock (_gate)
        {
            var id = instance.Record.InstanceId;
            if (_instances.GetValueOrDefault(id) != instance || instance.Record.Life.State != InstanceState.Stopped) return;
            folders.Of(id).Delete();
            _instances.Remove(id);
        }

        changes.Raise();
    }

    private static bool Same(ReleaseSpec one, ReleaseSpec other) =>
        JsonElement.DeepEquals(BoreasJson.ToElement(one), BoreasJson.ToElement(other));

    [LoggerMessage(LogLevel.Warning, "Containers of earlier runs could not be looked for: {Why}")]
    private partial void LogNotLooked(string why);
}

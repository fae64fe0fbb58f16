using Boreas.Agent.Files;
using Boreas.Agent.Instances;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Agent;

/// <summary>Takes the data directory for this process alone, picks up what runs, and lets go of it at the end.</summary>
internal sealed partial class AgentWorker(AgentOptions options, InstanceRegistry registry, Containers.EngineDetector engine, TimeProvider time, ILogger<AgentWorker> log)
    : IHostedService, IDisposable
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _stop = new();
    private FileStream? _lock;
    private Task _adoption = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _lock = await LockAsync(cancellationToken);
        _adoption = AdoptAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _adoption;
        await registry.LeaveAsync(cancellationToken);
        if (_lock is not null) await _lock.DisposeAsync();
    }

    public void Dispose()
    {
        _lock?.Dispose();
        _stop.Dispose();
    }

    private async Task AdoptAsync()
    {
        try
        {
            await engine.DetectAsync(_stop.Token);
            LogEngine(options.Name, engine.Name);
            await registry.AdoptAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The agent ends before it had looked at everything; the next one looks again.
        }
        catch (Exception error)
        {
            LogNotAdopted(error);
        }
    }

    /// <summary>The kernel gives the lock back when this process dies, however it dies.</summary>
    private async Task<FileStream> LockAsync(CancellationToken ct)
    {
        PrivateFile.CreateFolder(options.DataDirectory);
        var path = Path.Combine(options.DataDirectory, "agent.lock");
        for (var deadline = time.GetUtcNow() + LockTimeout; ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetUtcNow() < deadline)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, ct);
            }
            catch (IOException error)
            {
                throw new InvalidOperationException($"Another agent uses {options.DataDirectory}. End it, or give this one another data directory.", error);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Node {Node} runs images with: {Engine}.")]
    private partial void LogEngine(string node, string engine);

    [LoggerMessage(LogLevel.Critical, "What runs on this node could not be found out; the agent takes no requests until it is restarted.")]
    private partial void LogNotAdopted(Exception error);
}

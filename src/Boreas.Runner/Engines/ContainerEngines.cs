using Boreas.Contracts.Problems;
using Boreas.Processes;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Engines;

/// <summary>Finds the container engine that works here. Looked at again every minute: engines are installed and stopped while we run.</summary>
internal sealed class ContainerEngines(RunnerOptions options, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromHours(1);
    private readonly SemaphoreSlim _gate = new(1);
    private long _tidied;
    private (ContainerEngine? Engine, DateTimeOffset At)? _found;

    /// <summary>Null when none works.</summary>
    public async Task<ContainerEngine?> FindAsync(CancellationToken cancellation)
    {
        if (_found is { } known && time.GetUtcNow() - known.At < LookAgain) return known.Engine;

        // One looks; the others go on with what was known, because an engine that hangs takes long to answer.
        if (!await _gate.WaitAsync(TimeSpan.Zero, cancellation))
        {
            if (_found is { } last) return last.Engine;
            await _gate.WaitAsync(cancellation);
        }

        try
        {
            if (_found is { } other && time.GetUtcNow() - other.At < LookAgain) return other.Engine;
            var engine = await LookAsync(cancellation);
            _found = (engine, time.GetUtcNow());
            return engine;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The engine, or the failure that says why there is none.</summary>
    public async Task<ContainerEngine> RequireAsync(CancellationToken cancellation)
    {
        if (await FindAsync(cancellation) is { } engine) return engine;
        foreach (var candidate in Candidates().Where(candidate => ProgramPath.Find(candidate.Program) is not null))
        {
            if (await ProblemOfAsync(candidate, cancellation) is { } why) throw Unreachable(candidate, why);
        }

        throw JobFailedException.Failed(ProblemCodes.EngineUnreachable, "No container engine is installed on this runner.", "Install Podman or Docker on the runner, or build without a Dockerfile (boreas.yaml).");
    }

    /// <summary>True at most once an hour: then who asks does what need not be done at every build.</summary>
    public bool ShouldTidy()
    {
        var last = Volatile.Read(ref _tidied);
        return (last == 0 || time.GetElapsedTime(last) >= TidyEvery) && Interlocked.CompareExchange(ref _tidied, time.GetTimestamp(), last) == last;
    }

    /// <summary>Why the engine does not answer; null when it does.</summary>
    public static async Task<string?> ProblemOfAsync(ContainerEngine engine, CancellationToken cancellation)
    {
        try
        {
            // 'docker info' succeeds without a daemon in some versions, 'docker version' asking for the server does not.
            string[] question = engine.IsPodman ? ["info", "--format", "{{.Store.GraphRoot}}"] : ["version", "--format", "{{.Server.Version}}"];
            var result = await ProgramRunner.RunAsync(engine.Start(question, null, null, TimeSpan.FromSeconds(20)), null, cancellation);
            return result.Succeeded ? null : result.TimedOut ? "it did not answer within 20 s" : result.ErrorTail.Trim();
        }
        catch (ProgramMissingException)
        {
            return "it is not installed";
        }
    }

    public static JobFailedException Unreachable(ContainerEngine engine, string why) => JobFailedException.Errored(
        ProblemCodes.EngineUnreachable, $"The container engine '{engine.Program}' does not work on this runner: {why}",
        engine.IsPodman ? "Run 'podman info' as the runner's user; it must succeed." : "Start the Docker daemon, and let the runner's user reach it ('docker version' must show a server).");

    private async Task<ContainerEngine?> LookAsync(CancellationToken cancellation)
    {
        foreach (var candidate in Candidates().Where(candidate => ProgramPath.Find(candidate.Program) is not null))
        {
            if (await ProblemOfAsync(candidate, cancellation) is null) return candidate;
        }

        return null;
    }

    private IEnumerable<ContainerEngine> Candidates() => options.EnginePreference switch
    {
        EnginePreference.Podman => [new("podman")],
        EnginePreference.Docker => [new("docker")],
        EnginePreference.None => [],
        _ => [new("podman"), new("docker")],
    };
}

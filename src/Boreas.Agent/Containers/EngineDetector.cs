using Boreas.Agent.Instances;
using Boreas.Contracts.Problems;
using Boreas.Processes;

namespace Boreas.Agent.Containers;

/// <summary>Which container engine this node has, found by asking it.</summary>
internal sealed class EngineDetector(AgentOptions options)
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(20);

    private volatile ContainerProgram? _program;

    /// <summary><c>podman</c>, <c>docker</c> or <c>process</c>.</summary>
    public string Name => _program?.Name ?? (options.Engine is AgentEngine.Podman ? "podman" : options.Engine is AgentEngine.Docker ? "docker" : "process");

    public async Task DetectAsync(CancellationToken ct)
    {
        try
        {
            _ = await RequireAsync(ct);
        }
        catch (InstanceProblem)
        {
            // Said to whoever deploys an image here; artifacts need no engine.
        }
    }

    /// <summary>The engine; one that was installed or started meanwhile is found.</summary>
    /// <exception cref="InstanceProblem">There is none, or the one that was asked for does not answer.</exception>
    public async Task<ContainerProgram> RequireAsync(CancellationToken ct)
    {
        if (_program is { } known) return known;
        var why = new List<string>();
        foreach (var candidate in Candidates())
        {
            if (await AnswersAsync(candidate, why, ct)) return _program = candidate;
        }

        throw InstanceProblem.Failed(
            ProblemCodes.EngineUnreachable,
            why.Count == 0 ? "This node runs no images: its agent was set up without a container engine." : "No container engine answers on this node: " + string.Join("; ", why) + ".",
            "Install podman or docker on the node and let the agent's user use it, or deploy the app as an artifact.");
    }

    private ContainerProgram[] Candidates() => options.Engine switch
    {
        AgentEngine.Podman => [ContainerProgram.Podman],
        AgentEngine.Docker => [ContainerProgram.Docker],
        AgentEngine.Auto => [ContainerProgram.Podman, ContainerProgram.Docker],
        _ => [],
    };

    private static async Task<bool> AnswersAsync(ContainerProgram candidate, List<string> why, CancellationToken ct)
    {
        try
        {
            var answer = await ProgramRunner.RunAsync(new ProgramStart(candidate.Name, ["ps", "--quiet"]) { Timeout = AskTimeout }, cancellation: ct);
            if (answer.Succeeded) return true;
            why.Add($"{candidate.Name}: {(answer.TimedOut ? $"no answer in {AskTimeout.TotalSeconds:0} s" : EngineTrouble.LastLine(answer.ErrorTail))}");
        }
        catch (ProgramMissingException)
        {
            why.Add($"{candidate.Name} is not installed");
        }

        return false;
    }
}

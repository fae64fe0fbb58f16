using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Instances;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Diagnosis;

/// <summary>Why an instance is not ready, from what the agent sees of it and what it answers.</summary>
internal static class InstanceDiagnosis
{
    private const int OutOfMemory = 137;
    private const int LinesInMessage = 10;

    public static JobFailedException Exited(InstanceStatus status, ReleaseSpec release)
    {
        var lines = Last(status);
        if (status.Failure is { } known) return new JobFailedException(known.Code is ProblemCodes.AppExited or ProblemCodes.AppOutOfMemory ? known with { Message = known.Message + lines } : known);
        return status.ExitCode == OutOfMemory && release.Limits.MemoryMb > 0
            ? JobFailedException.Failed(ProblemCodes.AppOutOfMemory, $"The app was killed (exit code 137), most likely because it used more than {release.Limits.MemoryMb} MB.{lines}", "Raise the app's memory limit, or find out what takes the memory.")
            : JobFailedException.Failed(ProblemCodes.AppExited, $"The app ended by itself{(status.ExitCode is { } code ? $" with exit code {code}" : "")}.{lines}", "Its last lines usually say why; variables and secrets that it needs may be missing.");
    }

    /// <summary>It runs, and did not become healthy within its time.</summary>
    public static JobFailedException NotReady(InstanceStatus? status, ReleaseSpec release, HealthAnswer? answer)
    {
        var seconds = release.HealthCheck.StartSeconds;
        if (status is null) return JobFailedException.Errored(ProblemCodes.NodeUnreachable, "The node does not know the instance any more.", "Deploy again.");
        if (status.State == InstanceState.Preparing)
            return JobFailedException.Errored(ProblemCodes.Timeout, $"The node was still fetching or starting the app after {seconds} s.", "A large image may take longer; raise healthCheck.startSeconds of the app.");
        if (answer?.Status is { } code)
        {
            return JobFailedException.Failed(ProblemCodes.HealthCheckFailed, $"The app answers its health check {release.HealthCheck.Path} with {code}{(answer.Text.Length > 0 ? $": {answer.Text}" : "")}.{Last(status)}",
                code == 404 ? "Set healthCheck.path of the app to a path that it answers with 200." : "200–399 is healthy; make the app answer that when it is ready, or correct healthCheck.path.");
        }

        var ports = PortsOf(status, release);
        if (status.Listening.Count == 0)
            return JobFailedException.Failed(ProblemCodes.AppNotListening, $"The app runs, but listened on no port within {seconds} s.{Last(status)}", $"It must listen on the port in $PORT{(release.Image is null ? "" : $" (its containerPort, {release.ContainerPort})")}, on all addresses (0.0.0.0).");
        if (!status.Listening.Any(ports.Contains))
        {
            return JobFailedException.Failed(ProblemCodes.AppWrongPort, $"The app listens on {string.Join(", ", status.Listening)}, not on {ports[0]}.",
                release.Image is null ? "Make it listen on the port in $PORT." : $"Set the app's containerPort to {status.Listening[0]}, or make it listen on $PORT.");
        }

        return JobFailedException.Failed(ProblemCodes.HealthCheckFailed, $"The app listens, but its health check {release.HealthCheck.Path} got no answer: {answer?.Text ?? "none was tried"}.{Last(status)}", "It must listen on all addresses (0.0.0.0), speak HTTP, and answer within healthCheck.timeoutSeconds.");
    }

    private static List<int> PortsOf(InstanceStatus status, ReleaseSpec release)
    {
        // A process listens on the port of its address; a container on containerPort, whatever the address maps it to.
        var ports = new List<int>();
        if (release.Image is not null) ports.Add(release.ContainerPort);
        if (Uri.TryCreate(status.Address, UriKind.Absolute, out var address)) ports.Add(address.Port);
        if (ports.Count == 0) ports.Add(release.ContainerPort);
        return ports;
    }

    private static string Last(InstanceStatus status) =>
        status.LastLines.Count == 0 ? "" : " Its last lines:\n" + string.Join('\n', status.LastLines.TakeLast(LinesInMessage));
}

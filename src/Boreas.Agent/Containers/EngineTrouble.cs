using Boreas.Agent.Instances;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Processes;

namespace Boreas.Agent.Containers;

/// <summary>What an engine's error means for who deploys. Engines say it in words only, so the words are what there is to look at.</summary>
internal static class EngineTrouble
{
    public static InstanceProblem OfPull(ProgramResult result, string reference, ImageTarget target)
    {
        var registry = ImageName.Registry(reference) ?? "the registry";
        var said = LastLine(result.ErrorTail);
        var text = result.ErrorTail;
        if (result.TimedOut) return InstanceProblem.Errored(ProblemCodes.Timeout, $"Pulling {reference} took too long.", $"Check the connection to {registry}.");
        if (Says("HTTP response to HTTPS client"))
            return InstanceProblem.Failed(ProblemCodes.RegistryPlainHttp, $"{registry} speaks plain HTTP and the engine expects TLS.", "Declare the registry as plain HTTP in Boreas; for docker also list it in insecure-registries of its daemon.json.");
        if (Says("unauthorized") || Says("authentication required") || Says("no basic auth"))
            return target.UserName is null
                ? InstanceProblem.Failed(ProblemCodes.RegistryLoginMissing, $"{registry} asks for a login to pull {reference}.", "Give the registry a user name and password in Boreas.")
                : InstanceProblem.Failed(ProblemCodes.RegistryAccessDenied, $"{registry} refused the login of '{target.UserName}' for {reference}.", "Check the password, and that the robot may pull from this project.");
        if (Says("denied")) return InstanceProblem.Failed(ProblemCodes.RegistryAccessDenied, $"{registry} does not let {target.UserName ?? "anonymous users"} pull {reference}.", "Give the robot the right to pull from this project.");
        if (Says("manifest unknown") || Says("not found") || Says("name unknown")) return InstanceProblem.Failed(ProblemCodes.ImageNotFound, $"There is no image {reference}.", "Check the name and the digest, or build the version again.");
        if (Says("no space left")) return InstanceProblem.Errored(ProblemCodes.DiskFull, $"The node's disk is full; {reference} could not be stored.", "Remove unused images on the node ('image prune').");
        return InstanceProblem.Errored(ProblemCodes.RegistryUnreachable, $"{reference} could not be pulled: {said}", $"Check that the node reaches {registry}.");

        bool Says(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
    }

    public static InstanceProblem OfRun(ProgramResult result, ContainerProgram engine, int? port)
    {
        var text = result.ErrorTail;
        var said = LastLine(text);
        if (Says("address already in use") || Says("port is already allocated"))
            return InstanceProblem.Errored(ProblemCodes.PortTaken, $"Port {port} of the node was taken by another program meanwhile.", "It is tried again.");
        if (Says("no space left")) return InstanceProblem.Errored(ProblemCodes.DiskFull, "The node's disk is full.", "Free space on the node.");
        if (Says("executable file not found") || Says("no command or entrypoint") || Says("no such file or directory") && Says("exec"))
            return InstanceProblem.Failed(ProblemCodes.ProgramMissing, $"The image's command could not be started: {said}", "Check CMD and ENTRYPOINT of the Dockerfile, or the app's command.");
        return InstanceProblem.Errored(
            ProblemCodes.EngineUnreachable,
            $"{engine.Name} could not start the container: {(result.TimedOut ? "no answer in time" : said)}",
            Says("netavark") || Says("iptables") || Says("CNI") || Says("network")
                ? $"The engine's network does not work on the node: '{engine.Name} run --publish 127.0.0.1::80 …' by hand must work first."
                : $"Check '{engine.Name} info' on the node.");

        bool Says(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a container was not made because one has its name.</summary>
    public static bool IsNameTaken(ProgramResult result) =>
        !result.Succeeded && result.ErrorTail.Contains("container name", StringComparison.OrdinalIgnoreCase) && result.ErrorTail.Contains("already in use", StringComparison.OrdinalIgnoreCase);

    /// <summary>The last line that says something, shortened.</summary>
    public static string LastLine(string text)
    {
        var line = text.Split('\n').LastOrDefault(line => line.Trim().Length > 0)?.Trim() ?? "it said nothing";
        return line.Length > 400 ? line[..400] + "…" : line;
    }
}

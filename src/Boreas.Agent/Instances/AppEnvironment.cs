using Boreas.Agent.Access;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;

namespace Boreas.Agent.Instances;

/// <summary>The variables of an app: its own, its secrets, and what Boreas says about the instance (which wins).</summary>
internal sealed class AppEnvironment(NodeKey key)
{
    /// <summary>Together these mark every process of an instance, also those that an agent started and did not live to write down.</summary>
    public const string InstanceMark = "BOREAS_INSTANCE";
    public const string AgentMark = "BOREAS_AGENT";

    public string AgentId => key.AgentId;

    public Dictionary<string, string> Of(InstanceRecord record, InstanceFolder folder, int port)
    {
        var release = record.Release;
        var result = new Dictionary<string, string>(release.Variables, StringComparer.Ordinal);
        var secrets = folder.LoadSecrets();
        foreach (var name in release.SecretNames)
            result[name] = secrets.TryGetValue(name, out var value) ? value
                : throw InstanceProblem.Failed(ProblemCodes.Invalid, $"The value of the secret {name} did not come with the request.", "Deploy again.");
        result["PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        result["BOREAS_APP"] = release.AppId;
        result["BOREAS_ENVIRONMENT"] = release.Environment;
        result["BOREAS_VERSION"] = release.Version;
        if (release.Commit is { } commit) result["BOREAS_COMMIT"] = commit;
        result[InstanceMark] = record.InstanceId;
        result[AgentMark] = AgentId;
        return result;
    }
}

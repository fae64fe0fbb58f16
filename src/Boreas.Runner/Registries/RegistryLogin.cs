using System.Text;
using System.Text.Json;
using Boreas.Contracts.Jobs;
using Boreas.Runner.Jobs;
using Boreas.Runner.Workspaces;

namespace Boreas.Runner.Registries;

/// <summary>User and password of one registry. Engines are given it in a file that only we can read and that goes with the workspace.</summary>
internal sealed record RegistryLogin(string Host, string UserName, string Password)
{
    /// <summary>Null when the registry asks for no login.</summary>
    public static RegistryLogin? Of(ImageTarget? target, JobContext context) =>
        target?.UserName is { } user ? new RegistryLogin(ImageAddress.Parse(target.Reference).Host, user, context.Secret(target.PasswordSecret) ?? "") : null;

    public string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes(UserName + ":" + Password));

    public string PodmanFile(Workspace workspace) => workspace.WriteSecret("registry-login.json", Json(Host));

    public string DockerFolder(Workspace workspace) =>
        Path.GetDirectoryName(workspace.WriteSecret("config.json", Json(Host == ImageAddress.DockerHub ? "https://index.docker.io/v1/" : Host)))!;

    /// <summary>Keeps the password out of messages that print this record.</summary>
    public override string ToString() => $"{UserName} at {Host}";

    private string Json(string key) => JsonSerializer.Serialize(new { auths = new Dictionary<string, object> { [key] = new { auth = Basic } } });
}

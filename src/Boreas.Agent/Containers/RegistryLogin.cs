using System.Text;
using System.Text.Json;
using Boreas.Agent.Files;
using Boreas.Agent.Instances;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;

namespace Boreas.Agent.Containers;

/// <summary>A login for one pull: a private file that both engines read, deleted when the pull is over.</summary>
internal sealed class RegistryLogin : IDisposable
{
    private RegistryLogin(string? folder) => Folder = folder;

    public string? Folder { get; }

    public static RegistryLogin Of(ImageTarget target, InstanceFolder folder)
    {
        if (target.UserName is null || ImageName.Registry(target.Reference) is not { } registry) return new RegistryLogin(null);
        if (target.PasswordSecret is null || !folder.LoadSecrets().TryGetValue(target.PasswordSecret, out var password))
            throw InstanceProblem.Failed(ProblemCodes.RegistryLoginMissing, $"The password of '{target.UserName}' at {registry} did not come with the request.", "Set the registry's password in Boreas.");
        var login = Path.Combine(folder.Temporary, "login-" + Guid.NewGuid().ToString("N"));
        PrivateFile.CreateFolder(login);
        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes(target.UserName + ":" + password));
        var config = new Dictionary<string, object> { ["auths"] = new Dictionary<string, object> { [registry] = new Dictionary<string, string> { ["auth"] = auth } } };
        PrivateFile.Write(Path.Combine(login, "config.json"), JsonSerializer.SerializeToUtf8Bytes(config));
        return new RegistryLogin(login);
    }

    public void Dispose()
    {
        if (Folder is not null && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}

using Boreas.Cli.Configuration;
using Boreas.Contracts.Access;

namespace Boreas.Cli.Api;

/// <summary>Where the embedded Git of a server is: at its address, or where it says.</summary>
internal static class EmbeddedGit
{
    public static async Task<Uri> FindAsync(ApiClient api, CancellationToken cancel) =>
        (await api.GetAsync(ApiPath.Of("me"), cancel)).Read<Me>().GitUrl is { } elsewhere ? Connection.ParseServer(elsewhere) : api.Server;
}

using System.Data.Common;
using Boreas.Server.Registries;
using Boreas.Server.Storage;

namespace Boreas.Server.Secrets;

/// <summary>Where a job's secrets come from. Only what composes a job calls this; no endpoint does.</summary>
public sealed class SecretStore
{
    private readonly Database _database;
    private readonly SecretBox _box;

    internal SecretStore(Database database, SecretBox box) => (_database, _box) = (database, box);

    /// <summary>The app's secrets that are needed, each by the name that the job gets it by; those that are not there are left out.</summary>
    /// <exception cref="SecretUnreadableException">One cannot be decrypted.</exception>
    internal async Task<IReadOnlyDictionary<string, SecretValue>> RevealAsync(string appId, IEnumerable<NeededSecret> needed, CancellationToken cancellationToken = default)
    {
        await using var connection = await _database.OpenAsync(cancellationToken);
        var values = SecretQueries.Values(connection, appId).ToLookup(row => row.Name, StringComparer.Ordinal);
        var revealed = new Dictionary<string, SecretValue>(StringComparer.Ordinal);
        foreach (var secret in needed)
        {
            if (values[secret.Name].FirstOrDefault(secret.IsIn) is { Value: { } closed }) revealed[secret.Key] = _box.Open(closed, "app", appId, secret.Name);
        }

        return revealed;
    }

    /// <summary>A registry's password; null when it has none.</summary>
    public SecretValue? RevealRegistryPassword(DbConnection connection, string registry) =>
        RegistryQueries.FindPassword(connection, registry) is { } closed ? _box.Open(closed, "registry", registry) : null;
}

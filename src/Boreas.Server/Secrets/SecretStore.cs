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

    /// <summary>The app's secrets with these names, or all of them; names that it does not have are left out.</summary>
    /// <exception cref="SecretUnreadableException">One cannot be decrypted.</exception>
    public async Task<IReadOnlyDictionary<string, SecretValue>> RevealAsync(string appId, IReadOnlyCollection<string>? names = null, CancellationToken cancellationToken = default)
    {
        await using var connection = await _database.OpenAsync(cancellationToken);
        return Reveal(connection, appId, names);
    }

    /// <inheritdoc cref="RevealAsync"/>
    public IReadOnlyDictionary<string, SecretValue> Reveal(DbConnection connection, string appId, IReadOnlyCollection<string>? names = null) =>
        SecretQueries.OfApp(connection, appId).Where(r => names?.Contains(r.Name) ?? true).ToDictionary(r => r.Name, r => _box.Open(r.Value, "app", appId, r.Name));

    /// <summary>A registry's password; null when it has none.</summary>
    public SecretValue? RevealRegistryPassword(DbConnection connection, string registry) =>
        RegistryQueries.FindPassword(connection, registry) is { } closed ? _box.Open(closed, "registry", registry) : null;
}

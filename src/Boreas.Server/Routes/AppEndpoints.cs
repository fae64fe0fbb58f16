using Boreas.Contracts.Apps;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Routes;

/// <summary>Where apps are reached, and what serves there now.</summary>
public sealed class AppEndpoints(Database database, ServerOptions options)
{
    public async Task<ILookup<string, AppEndpoint>> ForAsync(IReadOnlyCollection<string> appIds, CancellationToken cancellationToken)
    {
        if (appIds.Count == 0) return Array.Empty<AppEndpoint>().ToLookup(_ => "");
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<RouteRow>("select app_id, environment, prefix, version_name, commit_id, targets from routes where app_id in @appIds order by environment", new { appIds = new SqlList<string>(appIds) });
        return rows.ToLookup(r => r.AppId, r => new AppEndpoint(r.Environment, UrlOf(r.Prefix), r.VersionName, r.CommitId, r.ReadTargets().Count(t => t.Weight > 0), "serving"));
    }

    public string UrlOf(string prefix) => $"{options.AddressForParts}{prefix}/";
}

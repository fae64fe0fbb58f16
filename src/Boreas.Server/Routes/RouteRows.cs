using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Boreas.Server.Storage;

namespace Boreas.Server.Routes;

/// <summary>Changes which instances serve a route, and nothing else about it.</summary>
internal static class RouteRows
{
    public static void Set(JournalTransaction transaction, RouteRow route, IReadOnlyList<RouteTarget> targets) =>
        transaction.Execute("update routes set targets = @targets, version = @version where app_id = @AppId and environment_id = @EnvironmentId",
            new { targets = JsonSerializer.Serialize(targets, BoreasJson.Options), version = transaction.ChangeRoutes(), route.AppId, route.EnvironmentId });
}

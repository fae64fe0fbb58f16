using System.Net;
using System.Text.Json;

namespace Boreas.Server.Tests.Deployments;

/// <summary>What a deployment would be, before it is made.</summary>
public class PreviewTests
{
    [Theory, Databases]
    public async Task ItSaysWhatEachStepWouldDoAndRecordsNothing(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { image = "registry.example/shop" }, replicas = 4 }, HttpStatusCode.Created);

        var preview = await api.Admin.PostAsync("/api/v1/deployments?dryRun=true", new { applicationIds = new[] { "shop" }, strategy = new[] { new { canaryRatio = 0.25, batchInterval = 60 } } }, HttpStatusCode.OK);

        var tasks = preview.GetProperty("deployments")[0].GetProperty("tasks").EnumerateArray().ToDictionary(t => t.Text("id")!, t => t.TryGetProperty("payload", out var payload) ? payload : default);
        Assert.Equal((1, 4, 0.25), (tasks["shop-deploy"].GetProperty("instances").GetInt32(), tasks["shop-deploy"].GetProperty("of").GetInt32(), tasks["shop-deploy"].GetProperty("share").GetDouble()));
        Assert.Equal(60, tasks["shop-watch"].GetProperty("seconds").GetInt32());
        Assert.Equal(JsonValueKind.Undefined, tasks["shop-prepare"].ValueKind);
        Assert.Empty((await api.Admin.GetAsync("/api/v1/deployments")).Items());
    }
}

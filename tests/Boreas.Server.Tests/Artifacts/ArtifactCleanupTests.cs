using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Versions;
using Boreas.Engine.Runs;
using Boreas.Server.Artifacts;
using Boreas.Server.Deployments;
using Boreas.Server.Nodes;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Boreas.Server.Tests.Artifacts;

/// <summary>Deployments as the database has them, each of the app <c>shop</c> unless it says otherwise, the newest last.</summary>
public sealed class ArtifactCleanupTests
{
    private const string Shop = "shop";
    private static int s_made;

    [Theory, Databases]
    public async Task TheNewestTenDeploymentsKeepWhatTheyBuilt(string database)
    {
        await using var api = await StartAsync(database);
        for (var i = 1; i <= 12; i++) await BuiltAsync(api, $"run-{i:00}");
        await BuiltAsync(api, "run-elsewhere", environment: "staging");

        Assert.Equal(["run-01", "run-02"], await DeletedAsync(api));
    }

    [Theory, Databases]
    public async Task WhatServesStaysHoweverOldAndWhatServedBeforeItToo(string database)
    {
        await using var api = await StartAsync(database);
        foreach (var run in (string[])["unused", "before", "serving"]) await BuiltAsync(api, run);
        await ExecuteAsync(api, "insert into routes (app_id, environment_id, environment, prefix, run_id, version_name, targets, version) values ('shop', 'env', 'production', '/runtime/shop', 'serving', 'v1', '[]', 1)");
        await ExecuteAsync(api, "insert into routes_before (run_id, app_id, environment_id, before_run_id, targets) values ('serving', 'shop', 'env', 'before', '[]')");
        for (var i = 0; i < 10; i++) await BuiltAsync(api, $"failed-{i}");

        Assert.Equal(["unused"], await DeletedAsync(api));
    }

    [Theory, Databases]
    public async Task WhatADeploymentUnderWayTookOverBuiltStays(string database)
    {
        await using var api = await StartAsync(database);
        await BuiltAsync(api, "unused");
        var artifact = await SaveAsync(api, "taken over");
        await DeployAsync(api, "under-way", active: true, built: artifact);
        for (var i = 0; i < 10; i++) await BuiltAsync(api, $"newer-{i}");

        Assert.Equal(["unused"], await DeletedAsync(api));
    }

    [Theory, Databases]
    public async Task WhatAnInstanceRunsStaysUntilItIsRemoved(string database)
    {
        await using var api = await StartAsync(database);
        foreach (var (name, state) in new[] { ("routed", InstanceRowState.Routed), ("replaced", InstanceRowState.Replaced), ("removed", InstanceRowState.Removed), ("planned", InstanceRowState.Planned) })
            await InstanceAsync(api, "run-" + name, state, await SaveAsync(api, name));
        for (var i = 0; i < 10; i++) await BuiltAsync(api, $"newer-{i}");

        Assert.Equal(["planned", "removed"], await DeletedAsync(api));
    }

    [Theory, Databases]
    public async Task WhatADeletedAppBuiltGoes(string database)
    {
        await using var api = await StartAsync(database);
        await BuiltAsync(api, "of-shop");
        await BuiltAsync(api, "of-nobody", app: "deleted");

        Assert.Equal(["of-nobody"], await DeletedAsync(api));
    }

    [Fact]
    public async Task WhenARecordCannotBeReadNothingIsDeleted()
    {
        await using var api = await StartAsync("sqlite");
        await SaveAsync(api, "unused");
        await BuiltAsync(api, "broken");
        await ExecuteAsync(api, "update tasks set result = '{' where run_id = 'broken'");

        await Assert.ThrowsAsync<JsonException>(() => CleanupOf(api).RunOnceAsync(CancellationToken.None));
        Assert.Equal(2, Directory.EnumerateFiles(Path.Combine(api.Folder, "artifacts"), "*", SearchOption.AllDirectories).Count());
    }

    private static async Task<ApiServer> StartAsync(string database)
    {
        var api = await ApiServer.StartAsync(database, time: new MovableTime());
        await api.Admin.PostAsync("/api/v1/apps", new { id = Shop, source = new { embedded = true } }, HttpStatusCode.Created);
        foreach (var environment in (string[])["env", "staging"])
            await ExecuteAsync(api, $"insert into environments (id, name, project, is_default, require_confirm, node_labels, variables, version, created_at) values ('{environment}', '{environment}', 'default', false, false, '[]', '{{}}', 1, 0)");
        return api;
    }

    /// <summary>A deployment that has ended and built an artifact of its name.</summary>
    private static async Task BuiltAsync(ApiServer api, string run, string app = Shop, string environment = "env")
    {
        await DeployAsync(api, run, app, environment);
        var result = JsonSerializer.Serialize(new BuildResult(null, await SaveAsync(api, run)), BoreasJson.Options);
        await ExecuteAsync(
            api,
            """
            insert into tasks (run_id, position, id, name, type, executor, block_by, ord, max_attempts, timeout_seconds, require_confirm, created_at, status, attempt, result, updated_at)
            values (@run, 0, 'build', 'build', @type, 'build', '', 0, 1, 60, false, 0, 0, 1, @result, 0)
            """,
            new { run, type = (int)RunTaskType.Build, result });
    }

    private static async Task DeployAsync(ApiServer api, string run, string app = Shop, string environment = "env", bool active = false, BuiltArtifact? built = null)
    {
        var shop = new App(app, app, "default", "admin", new AppSource(Embedded: true), null, null, 3000, new HealthCheckSpec(), 1, new LimitsSpec(), new Dictionary<string, string>(), [], [], default, default);
        var spec = new DeploymentSpec("ver", "v1", environment, environment, true, [new AppSnapshot(shop, new AppRevision(app), Built: built is null ? null : Release(built))], [], [], false, [], new Dictionary<string, string>(), null, "admin");
        var values = new { run, app, environment, active, spec = JsonSerializer.Serialize(spec, BoreasJson.Options), at = Interlocked.Increment(ref s_made) };
        await ExecuteAsync(api, "insert into deployments (run_id, project, version_id, version_name, environment_id, environment, app_ids, spec, created_by, created_at) values (@run, 'default', 'ver', 'v1', @environment, @environment, @app, @spec, 'admin', @at)", values);
        await ExecuteAsync(api, "insert into runs (id, kind, project, status, active, rolling_back, progress, version, created_at, updated_at) values (@run, 'deployment', 'default', 0, @active, false, 0, 1, @at, @at)", values);
    }

    private static Task InstanceAsync(ApiServer api, string run, InstanceRowState state, BuiltArtifact artifact) => ExecuteAsync(
        api,
        "insert into instances (id, run_id, task_id, app_id, environment_id, node, state, release, created_at, changed_at) values (@run, @run, 'deploy', 'shop', 'env', 'node-1', @state, @release, 0, 0)",
        new { run, state = (int)state, release = JsonSerializer.Serialize(Release(artifact), BoreasJson.Options) });

    private static ReleaseSpec Release(BuiltArtifact artifact) =>
        new(Shop, "production", "v1", null, null, null, artifact, null, null, 3000, new HealthCheckSpec(), new LimitsSpec(), new Dictionary<string, string>(), []);

    private static async Task<BuiltArtifact> SaveAsync(ApiServer api, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        await api.Services.GetRequiredService<ArtifactStore>().SaveAsync(digest, new MemoryStream(bytes), CancellationToken.None);
        return new BuiltArtifact(digest, bytes.Length);
    }

    /// <summary>What the artifacts contained that a clean-up deletes when the grace is over.</summary>
    private static async Task<IReadOnlyList<string>> DeletedAsync(ApiServer api)
    {
        var folder = Path.Combine(api.Folder, "artifacts");
        var before = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllText);
        Assert.Equal(0, await CleanupOf(api).RunOnceAsync(CancellationToken.None));
        ((MovableTime)api.Services.GetRequiredService<TimeProvider>()).Advance(TimeSpan.FromHours(25));
        await CleanupOf(api).RunOnceAsync(CancellationToken.None);
        return [.. before.Where(file => !File.Exists(file.Key)).Select(file => file.Value).Order(StringComparer.Ordinal)];
    }

    private static ArtifactCleanup CleanupOf(ApiServer api) => api.Services.GetServices<IHostedService>().OfType<ArtifactCleanup>().Single();

    private static async Task ExecuteAsync(ApiServer api, string sql, object? values = null)
    {
        await using var connection = await api.Database.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(sql, values);
    }
}

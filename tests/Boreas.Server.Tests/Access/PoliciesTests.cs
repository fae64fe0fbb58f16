using System.Net;
using Boreas.Contracts.Access;
using Boreas.Server.Access;

namespace Boreas.Server.Tests.Access;

public class PoliciesTests
{
    [Fact]
    public async Task NoEndpointLacksAPolicy()
    {
        await using var api = await ApiServer.StartAsync();

        Assert.All(api.Endpoints, source => Assert.Empty(Policies.EndpointsWithout(source)));
        Assert.True(api.Endpoints.Sum(source => source.Endpoints.Count) > 30);
    }

    [Fact]
    public async Task WithoutCredentialsEverythingButTheAnonymousIsRefused()
    {
        await using var api = await ApiServer.StartAsync();

        var problem = await api.As(null).GetAsync("/api/v1/apps", HttpStatusCode.Unauthorized);

        Assert.Equal("unauthenticated", problem.Text("code"));
        await api.As(null).GetAsync("/openapi/v1.json");
        await api.As("brs_user_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").GetAsync("/api/v1/me", HttpStatusCode.Unauthorized);
    }

    [Theory, Databases]
    public async Task AViewerReadsAndChangesNothing(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Created);
        var viewer = await api.UserAsync("vera", Role.Viewer);

        await viewer.GetAsync("/api/v1/apps/shop");
        await viewer.GetAsync("/api/v1/secrets/shop");
        await viewer.PostAsync("/api/v1/apps", new { id = "other", source = new { embedded = true } }, HttpStatusCode.Forbidden);
        await viewer.PatchAsync("/api/v1/apps/shop", new { replicas = 2 }, HttpStatusCode.Forbidden);
        await viewer.PutAsync("/api/v1/secrets/shop/KEY", new { value = "v" }, HttpStatusCode.Forbidden);
        await viewer.DeleteAsync("/api/v1/apps/shop", HttpStatusCode.Forbidden);
        await viewer.GetAsync("/api/v1/users", HttpStatusCode.Forbidden);
        await viewer.GetAsync("/api/v1/audit", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task ADeveloperChangesAppsAndAdministersNothing()
    {
        await using var api = await ApiServer.StartAsync();
        var developer = await api.UserAsync("dan", Role.Developer);

        await developer.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Created);
        await developer.PutAsync("/api/v1/secrets/shop/KEY", new { value = "v" }, HttpStatusCode.NoContent);
        await developer.PostAsync("/api/v1/environments", new { name = "staging" }, HttpStatusCode.Forbidden);
        await developer.PostAsync("/api/v1/registries", new { name = "hub", host = "hub.example" }, HttpStatusCode.Forbidden);
        await developer.PostAsync("/api/v1/users", new { name = "eve", password = "a long password" }, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task AnAdminOfOneProjectAdministersNoOther()
    {
        await using var api = await ApiServer.StartAsync();
        await api.Admin.PostAsync("/api/v1/environments", new { name = "production", project = "second" }, HttpStatusCode.Created);
        var admin = await api.UserAsync("ada", Role.Admin, "second");

        await admin.PostAsync("/api/v1/environments", new { name = "staging", project = "second" }, HttpStatusCode.Created);
        await admin.PostAsync("/api/v1/environments", new { name = "staging", project = "default" }, HttpStatusCode.NotFound);
        await admin.PostAsync("/api/v1/environments", new { name = "staging", project = "no-such-project" }, HttpStatusCode.NotFound);
        await admin.GetAsync("/api/v1/users", HttpStatusCode.Forbidden);
    }

    [Theory, Databases]
    public async Task AForeignIdAndAMissingOneAnswerTheSame(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        await api.Admin.PostAsync("/api/v1/environments", new { name = "production", project = "second" }, HttpStatusCode.Created);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "theirs", source = new { embedded = true } }, HttpStatusCode.Created);
        var version = (await api.Admin.PostAsync("/api/v1/versions", new { apps = new[] { new { appId = "theirs" } } }, HttpStatusCode.Created)).Text("id");
        var environment = (await api.Admin.GetAsync("/api/v1/environments?project=default")).Items().Single().Text("id");
        await api.Admin.PostAsync("/api/v1/registries", new { name = "their-hub", host = "hub.example" }, HttpStatusCode.Created);
        var stranger = await api.UserAsync("sam", Role.Admin, "second");

        await SameAsync(stranger, HttpMethod.Get, "/api/v1/apps/{0}", "theirs", null);
        await SameAsync(stranger, HttpMethod.Patch, "/api/v1/apps/{0}", "theirs", new { replicas = 2 });
        await SameAsync(stranger, HttpMethod.Put, "/api/v1/apps/{0}", "theirs", new { source = new { embedded = true } });
        await SameAsync(stranger, HttpMethod.Delete, "/api/v1/apps/{0}", "theirs", null);
        await SameAsync(stranger, HttpMethod.Get, "/api/v1/secrets/{0}", "theirs", null);
        await SameAsync(stranger, HttpMethod.Put, "/api/v1/secrets/{0}/KEY", "theirs", new { value = "v" });
        await SameAsync(stranger, HttpMethod.Get, "/api/v1/versions/{0}", version, null);
        await SameAsync(stranger, HttpMethod.Get, "/api/v1/environments/{0}", environment, null);
        await SameAsync(stranger, HttpMethod.Put, "/api/v1/environments/{0}", environment, new { requireConfirm = true });
        await SameAsync(stranger, HttpMethod.Delete, "/api/v1/environments/{0}", environment, null);
        await SameAsync(stranger, HttpMethod.Get, "/api/v1/registries/{0}", "their-hub", null);
        await SameAsync(stranger, HttpMethod.Delete, "/api/v1/registries/{0}", "their-hub", null);
        Assert.Empty((await stranger.GetAsync("/api/v1/apps")).Items());
        Assert.Empty((await stranger.GetAsync("/api/v1/versions")).Items());
        Assert.Empty((await stranger.GetAsync("/api/v1/registries")).Items());
        Assert.All((await stranger.GetAsync("/api/v1/environments")).Items(), e => Assert.Equal("second", e.Text("project")));
    }

    private static async Task SameAsync(Api caller, HttpMethod method, string path, string foreignId, object? body)
    {
        const string Missing = "no-such-thing";
        using var foreign = await caller.RawAsync(method, string.Format(null, path, foreignId), body is null ? null : Api.Json(body));
        using var missing = await caller.RawAsync(method, string.Format(null, path, Missing), body is null ? null : Api.Json(body));
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(await missing.Content.ReadAsStringAsync(), (await foreign.Content.ReadAsStringAsync()).Replace(foreignId, Missing, StringComparison.Ordinal));
    }
}

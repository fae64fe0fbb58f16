using System.Net;
using System.Text.Json;

namespace Boreas.Server.Tests.Apps;

public class AppsTests
{
    private static readonly object Embedded = new { embedded = true };

    [Theory, Databases]
    public async Task WhatIsLeftOutHasItsDefault(string database)
    {
        await using var api = await ApiServer.StartAsync(database);

        var app = await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = Embedded }, HttpStatusCode.Created);

        Assert.Equal("shop", app.Text("name"));
        Assert.Equal("default", app.Text("project"));
        Assert.Equal("admin", app.Text("owner"));
        Assert.Equal(3000, app.GetProperty("containerPort").GetInt32());
        Assert.Equal(1, app.GetProperty("replicas").GetInt32());
        Assert.Equal("main", app.GetProperty("source").Text("ref"));
        Assert.Equal("/", app.GetProperty("healthCheck").Text("path"));
        Assert.Equal(app.GetRawText(), (await api.Admin.GetAsync("/api/v1/apps/shop")).GetRawText());
    }

    [Theory, Databases]
    public async Task APatchChangesWhatItNamesAndAPutEverything(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        await api.Admin.PostAsync("/api/v1/apps",
            new { id = "shop", source = new { embedded = true, @ref = "trunk" }, replicas = 3, variables = new Dictionary<string, string> { ["A"] = "1", ["B"] = "2" }, limits = new { memoryMb = 64 } }, HttpStatusCode.Created);

        var patched = await api.Admin.PatchAsync("/api/v1/apps/shop", new { name = "Shop", source = new { dockerfilePath = "build/Dockerfile" }, variables = new Dictionary<string, string?> { ["B"] = null, ["C"] = "3" } }, HttpStatusCode.OK);
        Assert.Equal("Shop", patched.Text("name"));
        Assert.Equal(3, patched.GetProperty("replicas").GetInt32());
        Assert.Equal("trunk", patched.GetProperty("source").Text("ref"));
        Assert.Equal("build/Dockerfile", patched.GetProperty("source").Text("dockerfilePath"));
        Assert.Equal("""{"A":"1","C":"3"}""", patched.GetProperty("variables").GetRawText());

        var replaced = await api.Admin.PutAsync("/api/v1/apps/shop", new { source = Embedded }, HttpStatusCode.OK);
        Assert.Equal(1, replaced.GetProperty("replicas").GetInt32());
        Assert.Equal("main", replaced.GetProperty("source").Text("ref"));
        Assert.Equal("{}", replaced.GetProperty("variables").GetRawText());
    }

    [Theory, Databases]
    public async Task AChangeOfAnOldVersionIsRefused(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        using var created = await api.Admin.RawAsync(HttpMethod.Post, "/api/v1/apps", Api.Json(new { id = "shop", source = Embedded }));
        var old = created.Headers.ETag!.ToString();
        using var first = await PatchAsync(api.Admin, new { replicas = 2 }, old);
        using var second = await PatchAsync(api.Admin, new { replicas = 9 }, old);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.StatusCode);
        Assert.Equal(2, (await api.Admin.GetAsync("/api/v1/apps/shop")).GetProperty("replicas").GetInt32());
        using var delete = await api.Admin.RawAsync(HttpMethod.Delete, "/api/v1/apps/shop", null, ("If-Match", old));
        Assert.Equal(HttpStatusCode.PreconditionFailed, delete.StatusCode);
        using var third = await PatchAsync(api.Admin, new { replicas = 4 }, first.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task AnAppMadeAgainHasAnotherETag()
    {
        await using var api = await ApiServer.StartAsync();
        using var first = await api.Admin.RawAsync(HttpMethod.Post, "/api/v1/apps", Api.Json(new { id = "shop", source = Embedded }));
        await api.Admin.DeleteAsync("/api/v1/apps/shop");
        using var second = await api.Admin.RawAsync(HttpMethod.Post, "/api/v1/apps", Api.Json(new { id = "shop", source = Embedded }));

        Assert.NotEqual(first.Headers.ETag, second.Headers.ETag);
    }

    public static TheoryData<string, string> Hostile { get; } = new()
    {
        { "id", """{"id": "../etc"}""" },
        { "id", """{"id": "Shop"}""" },
        { "id", """{"id": "-shop"}""" },
        { "id", """{"id": "a b"}""" },
        { "id", """{"id": ""}""" },
        { "name", """{"name": "two\nlines"}""" },
        { "name", """{"name": "turned\u202eround"}""" },
        { "name", """{"name": ""}""" },
        { "project", """{"project": "a/b"}""" },
        { "project", """{"project": "nowhere"}""" },
        { "source", """{"source": {}}""" },
        { "source", """{"source": {"embedded": true, "image": "nginx"}}""" },
        { "source", """{"source": {"embedded": true, "repositoryUrl": "https://git.example/a.git"}}""" },
        { "source.repositoryUrl", """{"source": {"repositoryUrl": "ext::sh -c id"}}""" },
        { "source.repositoryUrl", """{"source": {"repositoryUrl": "file:///etc"}}""" },
        { "source.repositoryUrl", """{"source": {"repositoryUrl": "--upload-pack=id"}}""" },
        { "source.repositoryUrl", """{"source": {"repositoryUrl": "https://user:password@git.example/a.git"}}""" },
        { "source.repositoryUrl", """{"source": {"repositoryUrl": "https://git.example/$(id)"}}""" },
        { "source.image", """{"source": {"image": "--privileged"}}""" },
        { "source.image", """{"source": {"image": "registry.example/UPPER"}}""" },
        { "source.image", """{"source": {"image": "nginx; id"}}""" },
        { "source.ref", """{"source": {"embedded": true, "ref": "--exec=id"}}""" },
        { "source.ref", """{"source": {"embedded": true, "ref": "a..b"}}""" },
        { "source.ref", """{"source": {"embedded": true, "ref": "$(id)"}}""" },
        { "source.dockerfilePath", """{"source": {"embedded": true, "dockerfilePath": "../Dockerfile"}}""" },
        { "source.dockerfilePath", """{"source": {"embedded": true, "dockerfilePath": "/etc/passwd"}}""" },
        { "source.buildContext", """{"source": {"embedded": true, "buildContext": "-"}}""" },
        { "source.buildContext", """{"source": {"embedded": true, "buildContext": "a/.git"}}""" },
        { "source.credentialSecret", """{"source": {"embedded": true, "credentialSecret": "A=B"}}""" },
        { "source.knownHosts", """{"source": {"embedded": true, "knownHosts": "host\u0000 key"}}""" },
        { "imageRepository", """{"imageRepository": "registry.example/a:tag"}""" },
        { "imageRepository", """{"imageRepository": "registry.example/a b"}""" },
        { "registry", """{"registry": "no-such-registry"}""" },
        { "registry", """{"registry": "../x"}""" },
        { "containerPort", """{"containerPort": 0}""" },
        { "containerPort", """{"containerPort": 65536}""" },
        { "containerPort", """{"containerPort": "80"}""" },
        { "replicas", """{"replicas": 0}""" },
        { "replicas", """{"replicas": 101}""" },
        { "healthCheck.path", """{"healthCheck": {"path": "http://evil.example"}}""" },
        { "healthCheck.path", """{"healthCheck": {"path": "//evil.example"}}""" },
        { "healthCheck.path", """{"healthCheck": {"path": "/a\r\nHost: evil"}}""" },
        { "healthCheck.startSeconds", """{"healthCheck": {"startSeconds": 0}}""" },
        { "healthCheck.timeoutSeconds", """{"healthCheck": {"timeoutSeconds": 100000}}""" },
        { "healthCheck.successes", """{"healthCheck": {"successes": -1}}""" },
        { "healthCheck.intervalMilliseconds", """{"healthCheck": {"intervalMilliseconds": 1}}""" },
        { "limits.memoryMb", """{"limits": {"memoryMb": -1}}""" },
        { "limits.cpus", """{"limits": {"cpus": -0.5}}""" },
        { "limits.cpus", """{"limits": {"cpus": 1e308}}""" },
        { "limits.processes", """{"limits": {"processes": -2}}""" },
        { "variables.A-B", """{"variables": {"A-B": "x"}}""" },
        { "variables.1A", """{"variables": {"1A": "x"}}""" },
        { "variables.A", """{"variables": {"A": "zero\u0000byte"}}""" },
    };

    [Theory, MemberData(nameof(Hostile))]
    public async Task HostileInputIsRefusedByItsFieldAndNothingIsRecorded(string field, string text)
    {
        await using var api = await ApiServer.StartAsync();
        var input = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""{"id": "shop", "source": {"embedded": true}}""")!;
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(text)!) input[name] = value;

        var problem = await api.Admin.PostAsync("/api/v1/apps", input, HttpStatusCode.BadRequest);

        Assert.Equal("invalid", problem.Text("code"));
        Assert.Equal([field], problem.RefusedFields().Distinct());
        Assert.Empty((await api.Admin.GetAsync("/api/v1/apps")).Items());
    }

    [Fact]
    public async Task EverythingThatIsWrongIsSaidAtOnce()
    {
        await using var api = await ApiServer.StartAsync();

        var problem = await api.Admin.PostAsync("/api/v1/apps", new { id = "A", replicas = 0, containerPort = -1 }, HttpStatusCode.BadRequest);

        Assert.Equal(["id", "source", "containerPort", "replicas"], problem.RefusedFields());
    }

    [Fact]
    public async Task PrivateNetworksAreRefusedWhereTheyAreNotAllowed()
    {
        await using var api = await ApiServer.StartAsync(with: o => o with { AllowPrivateNetworks = false });
        foreach (var host in (string[])["10.0.0.1", "127.0.0.1", "localhost", "[::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "169.254.169.254", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "forge", "git.internal", "2130706433", "0x7f.1"])
        {
            var problem = await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { repositoryUrl = $"https://{host}/a.git" } }, HttpStatusCode.BadRequest);
            Assert.Contains("source.repositoryUrl", problem.RefusedFields());
        }

        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { repositoryUrl = "https://git.example.com/a.git" } }, HttpStatusCode.Created);
    }

    [Fact]
    public async Task AnIdIsTakenOnceInAllProjects()
    {
        await using var api = await ApiServer.StartAsync();
        await api.Admin.PostAsync("/api/v1/environments", new { name = "production", project = "second" }, HttpStatusCode.Created);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = Embedded }, HttpStatusCode.Created);

        var problem = await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", project = "second", source = Embedded }, HttpStatusCode.Conflict);

        Assert.Equal("already_exists", problem.Text("code"));
    }

    [Theory, Databases]
    public async Task AListIsPagedAndSearched(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        foreach (var id in (string[])["delta", "alpha", "charlie", "bravo"]) await api.Admin.PostAsync("/api/v1/apps", new { id, name = id + " 100%", source = Embedded }, HttpStatusCode.Created);

        var first = await api.Admin.GetAsync("/api/v1/apps?limit=3");
        Assert.Equal(["alpha", "bravo", "charlie"], first.Items().Select(a => a.Text("id")));
        var second = await api.Admin.GetAsync("/api/v1/apps?limit=3&cursor=" + first.Text("next"));
        Assert.Equal(["delta"], second.Items().Select(a => a.Text("id")));
        Assert.False(second.TryGetProperty("next", out _));
        Assert.Equal(["charlie"], (await api.Admin.GetAsync("/api/v1/apps?q=ARL")).Items().Select(a => a.Text("id")));
        Assert.Equal(4, (await api.Admin.GetAsync("/api/v1/apps?q=0%25")).Items().Count());
        Assert.Empty((await api.Admin.GetAsync("/api/v1/apps?q=_")).Items());
        Assert.Equal(["limit"], (await api.Admin.GetAsync("/api/v1/apps?limit=0", HttpStatusCode.BadRequest)).RefusedFields());
    }

    [Theory, Databases]
    public async Task AnAppThatIsBeingDeployedIsNotDeleted(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = Embedded }, HttpStatusCode.Created);
        await api.Journal.WriteAsync(t => t.Execute("insert into app_locks (app_id, environment_id, run_id) values ('shop', 'env', 'run-1')"));

        var problem = await api.Admin.DeleteAsync("/api/v1/apps/shop", HttpStatusCode.Conflict);
        Assert.Equal("active_deployment", problem.Text("code"));

        await api.Journal.WriteAsync(t => t.Execute("delete from app_locks"));
        await api.Admin.DeleteAsync("/api/v1/apps/shop");
        await api.Admin.GetAsync("/api/v1/apps/shop", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task IdAndProjectStay()
    {
        await using var api = await ApiServer.StartAsync();
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = Embedded }, HttpStatusCode.Created);

        Assert.Equal(["id"], (await api.Admin.PatchAsync("/api/v1/apps/shop", new { id = "other" }, HttpStatusCode.BadRequest)).RefusedFields());
        Assert.Equal(["project"], (await api.Admin.PatchAsync("/api/v1/apps/shop", new { project = "other" }, HttpStatusCode.BadRequest)).RefusedFields());
        Assert.Equal(["replicas"], (await api.Admin.PatchAsync("/api/v1/apps/shop", new { replicas = "many" }, HttpStatusCode.BadRequest)).RefusedFields());
    }

    private static Task<HttpResponseMessage> PatchAsync(Api caller, object body, string etag) =>
        caller.RawAsync(HttpMethod.Patch, "/api/v1/apps/shop", Api.Json(body), ("If-Match", etag));
}

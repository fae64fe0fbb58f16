using System.Net;

namespace Boreas.Server.Tests.Environments;

public class EnvironmentsTests
{
    [Theory, Databases]
    public async Task TheFirstStartMakesProductionOfTheDefaultProject(string database)
    {
        await using var api = await ApiServer.StartAsync(database);

        var environment = Assert.Single((await api.Admin.GetAsync("/api/v1/environments")).Items());

        Assert.Equal(("production", "default", true), (environment.Text("name"), environment.Text("project"), environment.GetProperty("default").GetBoolean()));
    }

    [Theory, Databases]
    public async Task AProjectHasExactlyOneDefault(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var first = (await api.Admin.GetAsync("/api/v1/environments")).Items().Single().Text("id");
        var second = (await api.Admin.PostAsync("/api/v1/environments", new { name = "staging" }, HttpStatusCode.Created)).Text("id");
        Assert.Equal(first, await DefaultAsync(api));

        await api.Admin.PutAsync("/api/v1/environments/" + second, new { @default = true }, HttpStatusCode.OK);
        Assert.Equal(second, await DefaultAsync(api));
        Assert.Equal(["default"], (await api.Admin.PutAsync("/api/v1/environments/" + second, new { @default = false }, HttpStatusCode.BadRequest)).RefusedFields());
        await api.Admin.DeleteAsync("/api/v1/environments/" + second, HttpStatusCode.Conflict);
        await api.Admin.DeleteAsync("/api/v1/environments/" + first);
    }

    [Theory, Databases]
    public async Task AnEnvironmentInUseIsNotDeleted(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var id = (await api.Admin.PostAsync("/api/v1/environments", new { name = "staging" }, HttpStatusCode.Created)).Text("id");
        await api.Journal.WriteAsync(t => t.Execute("insert into app_locks (app_id, environment_id, run_id) values ('shop', @id, 'run-1')", new { id }));

        await api.Admin.DeleteAsync("/api/v1/environments/" + id, HttpStatusCode.Conflict);

        await api.Journal.WriteAsync(t => t.Execute("delete from app_locks"));
        await api.Admin.DeleteAsync("/api/v1/environments/" + id);
        await api.Admin.GetAsync("/api/v1/environments/" + id, HttpStatusCode.NotFound);
    }

    [Theory, Databases]
    public async Task AChangeKeepsWhatIsLeftOutAndAsksForTheVersion(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        using var created = await api.Admin.RawAsync(HttpMethod.Post, "/api/v1/environments", Api.Json(new { name = "staging", requireConfirm = true, nodeLabels = new[] { "eu" }, variables = new Dictionary<string, string> { ["A"] = "1" } }));
        var path = created.Headers.Location!.ToString();

        var changed = await api.Admin.PutAsync(path, new { variables = new Dictionary<string, string> { ["B"] = "2" } }, HttpStatusCode.OK);
        Assert.True(changed.GetProperty("requireConfirm").GetBoolean());
        Assert.Equal("""["eu"]""", changed.GetProperty("nodeLabels").GetRawText());
        Assert.Equal("""{"B":"2"}""", changed.GetProperty("variables").GetRawText());
        using var stale = await api.Admin.RawAsync(HttpMethod.Put, path, Api.Json(new { requireConfirm = false }), ("If-Match", created.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
    }

    [Fact]
    public async Task ANameIsTakenOnceInAProject()
    {
        await using var api = await ApiServer.StartAsync();

        Assert.Equal("already_exists", (await api.Admin.PostAsync("/api/v1/environments", new { name = "production" }, HttpStatusCode.Conflict)).Text("code"));
        await api.Admin.PostAsync("/api/v1/environments", new { name = "production", project = "second" }, HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("name", """{"name": "Pro/duction"}""")]
    [InlineData("project", """{"name": "x", "project": "-"}""")]
    [InlineData("nodeLabels[1]", """{"name": "x", "nodeLabels": ["eu", "--all"]}""")]
    [InlineData("variables.A B", """{"name": "x", "variables": {"A B": "1"}}""")]
    public async Task HostileInputIsRefusedByItsField(string field, string body)
    {
        await using var api = await ApiServer.StartAsync();

        var problem = await api.Admin.PostAsync("/api/v1/environments", System.Text.Json.JsonDocument.Parse(body).RootElement, HttpStatusCode.BadRequest);

        Assert.Equal([field], problem.RefusedFields());
        Assert.Single((await api.Admin.GetAsync("/api/v1/environments")).Items());
    }

    private static async Task<string> DefaultAsync(ApiServer api) =>
        Assert.Single((await api.Admin.GetAsync("/api/v1/environments")).Items(), e => e.GetProperty("default").GetBoolean()).Text("id");
}

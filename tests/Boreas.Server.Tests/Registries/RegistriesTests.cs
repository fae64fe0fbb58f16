using System.Net;
using System.Text.Json;
using Boreas.Server.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Boreas.Server.Tests.Registries;

public class RegistriesTests
{
    [Theory, Databases]
    public async Task APasswordGoesInAndNeverComesOut(string database)
    {
        await using var api = await WithRegistryAsync(database);

        var registry = await api.Admin.GetAsync("/api/v1/registries/hub");

        Assert.True(registry.GetProperty("hasPassword").GetBoolean());
        Assert.DoesNotContain("a secret", registry.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("a secret", await PasswordAsync(api));
    }

    [Theory, Databases]
    public async Task APasswordIsNotSentToAnotherHostOrUser(string database)
    {
        await using var api = await WithRegistryAsync(database);

        Assert.Equal(["password"], (await api.Admin.PutAsync("/api/v1/registries/hub", new { host = "evil.example", userName = "robot" }, HttpStatusCode.BadRequest)).RefusedFields());
        Assert.Equal(["password"], (await api.Admin.PutAsync("/api/v1/registries/hub", new { host = "hub.example:5000", userName = "robot", plainHttp = true }, HttpStatusCode.BadRequest)).RefusedFields());
        await api.Admin.PutAsync("/api/v1/registries/hub", new { host = "hub.example:5000", userName = "robot" }, HttpStatusCode.OK);
        Assert.Equal("a secret", await PasswordAsync(api));
        await api.Admin.PutAsync("/api/v1/registries/hub", new { host = "other.example" }, HttpStatusCode.OK);
        Assert.Null(await PasswordAsync(api));
    }

    [Theory, Databases]
    public async Task ARegistryThatAnAppUsesStays(string database)
    {
        await using var api = await WithRegistryAsync(database);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", registry = "hub", source = new { embedded = true } }, HttpStatusCode.Created);

        await api.Admin.DeleteAsync("/api/v1/registries/hub", HttpStatusCode.Conflict);
        await api.Admin.DeleteAsync("/api/v1/apps/shop");
        await api.Admin.DeleteAsync("/api/v1/registries/hub");
        Assert.Empty((await api.Admin.GetAsync("/api/v1/registries")).Items());
    }

    [Theory]
    [InlineData("name", """{"name": "A", "host": "hub.example"}""")]
    [InlineData("host", """{"name": "a"}""")]
    [InlineData("host", """{"name": "a", "host": "https://hub.example"}""")]
    [InlineData("host", """{"name": "a", "host": "hub.example/path"}""")]
    [InlineData("host", """{"name": "a", "host": "--config=/etc"}""")]
    [InlineData("host", """{"name": "a", "host": "user@hub.example"}""")]
    [InlineData("userName", """{"name": "a", "host": "hub.example", "password": "p"}""")]
    [InlineData("userName", """{"name": "a", "host": "hub.example", "userName": "a:b"}""")]
    [InlineData("password", """{"name": "a", "host": "hub.example", "userName": "a", "password": "two\nlines"}""")]
    public async Task HostileInputIsRefusedByItsField(string field, string body)
    {
        await using var api = await ApiServer.StartAsync();

        var problem = await api.Admin.PostAsync("/api/v1/registries", JsonDocument.Parse(body).RootElement, HttpStatusCode.BadRequest);

        Assert.Equal([field], problem.RefusedFields());
        Assert.Empty((await api.Admin.GetAsync("/api/v1/registries")).Items());
    }

    private static async Task<ApiServer> WithRegistryAsync(string database)
    {
        var api = await ApiServer.StartAsync(database);
        await api.Admin.PostAsync("/api/v1/registries", new { name = "hub", host = "hub.example:5000", userName = "robot", password = "a secret" }, HttpStatusCode.Created);
        return api;
    }

    private static async Task<string?> PasswordAsync(ApiServer api)
    {
        await using var connection = await api.Database.OpenAsync(default);
        return api.Services.GetRequiredService<SecretStore>().RevealRegistryPassword(connection, "hub")?.Reveal();
    }
}

using System.Net;
using System.Text.Json;
using Boreas.Server.Secrets;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Boreas.Server.Tests.Secrets;

public class SecretsTests
{
    private const string Plain = "swordfish-4f1c9a";

    [Theory, Databases]
    public async Task AValueGoesInAndOnlyTheJobsComposerGetsItOut(string database)
    {
        await using var api = await WithSecretAsync(database);
        var store = api.Services.GetRequiredService<SecretStore>();

        var listed = await api.Admin.GetAsync("/api/v1/secrets/shop");
        Assert.Equal(["TOKEN"], listed.EnumerateArray().Select(s => s.Text("name")));
        Assert.Equal("admin", listed[0].Text("updatedBy"));
        Assert.Equal(["TOKEN"], (await api.Admin.GetAsync("/api/v1/apps/shop")).GetProperty("secrets").EnumerateArray().Select(s => s.GetString()));
        foreach (var path in (string[])["/api/v1/secrets/shop", "/api/v1/apps/shop", "/api/v1/apps", "/api/v1/audit"])
            Assert.DoesNotContain(Plain, (await api.Admin.GetAsync(path)).GetRawText(), StringComparison.Ordinal);

        Assert.Equal(Plain, (await store.RevealAsync("shop", [NeededSecret.Newest("TOKEN")]))["TOKEN"].Reveal());
        Assert.Empty(await store.RevealAsync("shop", [NeededSecret.Newest("OTHER")]));
        await using var connection = await api.Database.OpenAsync(default);
        Assert.DoesNotContain(Plain, await connection.QuerySingleAsync<string>("select value from secret_versions"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheDatabasesFilesDoNotHoldTheValue()
    {
        await using var api = await WithSecretAsync("sqlite");
        await api.Admin.PostAsync("/api/v1/registries", new { name = "hub", host = "hub.example", userName = "robot", password = Plain }, HttpStatusCode.Created);
        await api.Admin.PostAsync("/api/v1/users", new { name = "eve", password = Plain }, HttpStatusCode.Created);

        var files = Directory.GetFiles(api.Folder, "*", SearchOption.AllDirectories);
        Assert.Contains(files, f => f.EndsWith("boreas.db", StringComparison.Ordinal));
        Assert.Contains(files, f => Files.Contain(f, "TOKEN"));
        Assert.All(files, f => Assert.False(Files.Contain(f, Plain), f));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(api.Folder, "keys")));
    }

    [Fact]
    public void ASecretValueIsNeitherPrintedNorSerialised()
    {
        var value = new SecretValue(Plain);

        Assert.Equal("***", value.ToString());
        Assert.Equal("***", $"{value}");
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(new { value }));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize<SecretValue>("\"x\""));
    }

    [Theory, Databases]
    public async Task AValueThatIsMovedToAnotherAppCannotBeReadThere(string database)
    {
        await using var api = await WithSecretAsync(database);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "thief", source = new { embedded = true } }, HttpStatusCode.Created);
        await api.Journal.WriteAsync(t => t.Execute("update secret_versions set app_id = 'thief'"));

        await Assert.ThrowsAsync<SecretUnreadableException>(() => api.Services.GetRequiredService<SecretStore>().RevealAsync("thief", [NeededSecret.Newest("TOKEN")]));
    }

    [Theory, Databases]
    public async Task ASecretIsReplacedAndForgotten(string database)
    {
        await using var api = await WithSecretAsync(database);
        await api.Admin.PutAsync("/api/v1/secrets/shop/TOKEN", new { value = "another" }, HttpStatusCode.NoContent);
        Assert.Equal("another", (await api.Services.GetRequiredService<SecretStore>().RevealAsync("shop", [NeededSecret.Newest("TOKEN")]))["TOKEN"].Reveal());
        Assert.Equal([2], (await api.Admin.GetAsync("/api/v1/secrets/shop")).EnumerateArray().Select(s => s.GetProperty("version").GetInt32()));

        await api.Admin.DeleteAsync("/api/v1/secrets/shop/TOKEN");
        await api.Admin.DeleteAsync("/api/v1/secrets/shop/TOKEN", HttpStatusCode.NotFound);
        Assert.Empty(await api.Services.GetRequiredService<SecretStore>().RevealAsync("shop", [NeededSecret.Newest("TOKEN")]));
        Assert.Empty((await api.Admin.GetAsync("/api/v1/apps/shop")).GetProperty("secrets").EnumerateArray());
    }

    [Theory, Databases]
    public async Task ADeletedAppTakesItsSecretsWithIt(string database)
    {
        await using var api = await WithSecretAsync(database);
        await api.Admin.DeleteAsync("/api/v1/apps/shop");
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Created);

        Assert.Empty((await api.Admin.GetAsync("/api/v1/secrets/shop")).EnumerateArray());
    }

    [Theory]
    [InlineData("A-B", "v", "name")]
    [InlineData("1A", "v", "name")]
    [InlineData("boreas_artifact", "v", "name")]
    [InlineData("KEY", "", "value")]
    [InlineData("KEY", "a\0b", "value")]
    public async Task ASecretThatIsNotRightIsRefusedByItsField(string name, string value, string field)
    {
        await using var api = await WithSecretAsync("sqlite");

        var problem = await api.Admin.PutAsync("/api/v1/secrets/shop/" + name, new { value }, HttpStatusCode.BadRequest);

        Assert.Equal([field], problem.RefusedFields());
        Assert.Single((await api.Admin.GetAsync("/api/v1/secrets/shop")).EnumerateArray());
    }

    private static async Task<ApiServer> WithSecretAsync(string database)
    {
        var api = await ApiServer.StartAsync(database);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Created);
        await api.Admin.PutAsync("/api/v1/secrets/shop/TOKEN", new { value = Plain }, HttpStatusCode.NoContent);
        return api;
    }
}

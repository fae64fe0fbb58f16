using System.Security.Cryptography;
using System.Text;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Scenarios.World;

namespace Boreas.Scenarios;

public sealed class SecretsOfReleases
{
    [Fact]
    public async Task GoingBackBringsVariablesAndSecretsBackToo()
    {
        await using var server = await BoreasServer.StartAsync();
        await server.CreateAppAsync("hello");
        using var repository = await AppRepository.CreateAsync(server, "hello");
        await repository.ReplaceAsync("server.js", "Hello from Boreas", "${process.env.MODE} ${require('crypto').createHash('sha256').update(process.env.TOKEN || '').digest('hex')}");
        await repository.WriteAsync("server.test.js", "");

        await SetAsync("one", "swordfish-1");
        PushToRunning.AssertSucceeded(await repository.DeployToEndAsync());
        Assert.Equal(Answer("one", "swordfish-1"), await HeadlineAsync());

        await SetAsync("two", "swordfish-2");
        Assert.Equal(Answer("one", "swordfish-1"), await HeadlineAsync());
        var second = await repository.DeployToEndAsync();
        PushToRunning.AssertSucceeded(second);
        Assert.Equal(Answer("two", "swordfish-2"), await HeadlineAsync());

        var back = await server.Api.PostAsync<Deployment>($"/api/v1/deployments/{second.Id}/rollback");
        PushToRunning.AssertSucceeded(await server.Api.WhenEndedAsync(back.Id));
        Assert.Equal(Answer("one", "swordfish-1"), await HeadlineAsync());

        PushToRunning.AssertSucceeded(await repository.DeployToEndAsync());
        Assert.Equal(Answer("two", "swordfish-2"), await HeadlineAsync());

        async Task SetAsync(string mode, string token)
        {
            await server.Api.SendAsync<App>(HttpMethod.Patch, "/api/v1/apps/hello", new AppInput(Variables: new Dictionary<string, string> { ["MODE"] = mode }));
            await server.Api.SendAsync<object>(HttpMethod.Put, "/api/v1/secrets/hello/TOKEN", new SecretInput(token));
        }

        async Task<string> HeadlineAsync() => PushToRunning.Headline(await server.AskAsync("hello"));
    }

    private static string Answer(string mode, string token) => $"{mode} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}";
}

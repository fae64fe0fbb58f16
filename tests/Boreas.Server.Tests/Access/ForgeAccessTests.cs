using System.Net;
using Boreas.Contracts.Access;

namespace Boreas.Server.Tests.Access;

public class ForgeAccessTests
{
    [Theory, Databases]
    public async Task WhoMayFetchAndWhoMayPush(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true, @ref = "trunk" } }, HttpStatusCode.Created);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "elsewhere", source = new { repositoryUrl = "https://git.example/a/b.git" } }, HttpStatusCode.Created);
        await api.Admin.PostAsync("/api/v1/environments", new { name = "production", project = "second" }, HttpStatusCode.Created);
        var forge = (await api.Admin.PostAsync("/api/v1/tokens", new { name = "forge", kind = "forge" }, HttpStatusCode.Created)).Text("secret");
        var viewer = await api.UserAsync("vera", Role.Viewer);
        var developer = await api.UserAsync("dan", Role.Developer);
        var stranger = await api.UserAsync("sam", Role.Developer, "second");
        var runner = await api.MachineAsync(TokenKind.Runner);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(developer, "shop", true, forge));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(viewer, "shop", false, forge));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(viewer, "shop", true, forge));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(stranger, "shop", false, forge));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(runner, "shop", false, forge));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(runner, "shop", true, forge));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(developer, "elsewhere", false, forge));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(api.As(null), "shop", false, forge));
    }

    [Fact]
    public async Task WithoutAForgesTokenNobodyIsTold()
    {
        await using var api = await ApiServer.StartAsync();
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Created);

        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(api.Admin, "shop", false, ""));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(api.Admin, "shop", false, api.First.Token));
    }

    [Fact]
    public async Task TheAnswerSaysWhoItIsAndWhatDeploys()
    {
        await using var api = await ApiServer.StartAsync();
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true, @ref = "trunk" } }, HttpStatusCode.Created);
        var forge = (await api.Admin.PostAsync("/api/v1/tokens", new { name = "forge", kind = "forge" }, HttpStatusCode.Created)).Text("secret");

        using var answer = await api.Admin.RawAsync(HttpMethod.Get, "/forge/access?repository=shop&write=true", null, ("X-Boreas-Forge", forge));
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Contains("\"user\":\"admin\"", text, StringComparison.Ordinal);
        Assert.Contains("\"deployBranch\":\"trunk\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunnersAndPeopleAreSentToTheForgeThatIsElsewhere()
    {
        await using var api = await ApiServer.StartAsync(with: o => o with { GitUrl = new Uri("https://git.example/") });
        var job = await api.ClaimedJobAsync(await api.MachineAsync(TokenKind.Runner));

        Assert.Equal("https://git.example/git/built.git", job.Work.GetProperty("source").Text("repositoryUrl"));
        Assert.Equal("https://git.example", (await api.Admin.GetAsync("/api/v1/me")).Text("gitUrl"));
    }

    [Fact]
    public async Task AForgeBesideTheServerNeedsNoAddressOfItsOwn()
    {
        await using var api = await ApiServer.StartAsync(with: o => o with { PublicUrl = new Uri("https://boreas.example/") });
        var job = await api.ClaimedJobAsync(await api.MachineAsync(TokenKind.Runner));

        Assert.Equal("https://boreas.example/git/built.git", job.Work.GetProperty("source").Text("repositoryUrl"));
        Assert.False((await api.Admin.GetAsync("/api/v1/me")).TryGetProperty("gitUrl", out _));
    }

    private static async Task<HttpStatusCode> AskAsync(Api caller, string repository, bool write, string forge)
    {
        using var answer = await caller.RawAsync(HttpMethod.Get, $"/forge/access?repository={repository}&write={(write ? "true" : "false")}", null, ("X-Boreas-Forge", forge));
        return answer.StatusCode;
    }
}

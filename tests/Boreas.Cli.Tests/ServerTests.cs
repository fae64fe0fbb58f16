using System.Net;
using System.Net.Sockets;

namespace Boreas.Cli.Tests;

/// <summary>The commands against the real control plane: what they send is taken, and what comes back is understood.</summary>
public sealed class ServerTests : IAsyncLifetime
{
    private readonly CancellationTokenSource end = new();
    private readonly Typed server = new();
    private readonly Typed typed = new();
    private readonly Uri url = new($"http://127.0.0.1:{FreePort()}");
    private Task<Outcome> running = Task.FromResult(new Outcome(0, "", ""));

    public async Task InitializeAsync()
    {
        using var output = new Announcement();
        var web = Directory.CreateDirectory(Path.Combine(server.Home, "pages")).FullName;
        await File.WriteAllTextAsync(Path.Combine(web, "index.html"), "<title>the page</title>");
        running = server.RunAsync(["server", "--data", server.Home, "--listen", url.AbsoluteUri, "--control-plane-only", "--web", web], "", cancel: end.Token, also: output);
        await await Task.WhenAny(output.Serving.Task, running).WaitAsync(TimeSpan.FromSeconds(60));
        typed.Set("BOREAS_SERVER", url.AbsoluteUri);
        typed.Set("BOREAS_TOKEN_FILE", Path.Combine(server.Home, "admin-token"));
    }

    public async Task DisposeAsync()
    {
        await end.CancelAsync();
        await running;
        end.Dispose();
        server.Dispose();
        typed.Dispose();
    }

    [Fact]
    public async Task EverythingThatCanBeListedIsUnderstood()
    {
        foreach (var line in new[] { "whoami", "health", "apps list", "deployments list", "tokens list", "users list", "runners", "nodes", "routes", "environments list", "versions list", "registries list" })
            await RunAsync(line);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.Home, "admin-token")));
    }

    [Fact]
    public async Task ACallMayLeaveItsBodyOutBesideThePagesOfTheWebUi()
    {
        await RunAsync("apps create hello --embedded");
        using var http = new HttpClient { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await File.ReadAllTextAsync(Path.Combine(server.Home, "admin-token"))).Trim());
        foreach (var call in (string[])["/api/fun-ai/deploy/job/create?appId=hello", "/api/v1/deployments/none/cancel"])
        {
            using var answer = await http.PostAsync(new Uri(call, UriKind.Relative), null);
            Assert.DoesNotContain("nothing at this address", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Contains("the page", await http.GetStringAsync(new Uri("/deployments/some", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/api/nothing", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync(new Uri("/api/nothing", UriKind.Relative), null)).StatusCode);
    }

    [Fact]
    public async Task AnAppIsMadeChangedPlannedAndDeleted()
    {
        await RunAsync("apps create hello --embedded");
        await RunAsync("apps set hello --replicas 2 --memory 128 --health /healthz");
        Assert.Contains("GET /healthz", await RunAsync("apps show hello"), StringComparison.Ordinal);
        await RunAsync("apps env set hello A=1 B=2");
        await RunAsync("apps env unset hello A");
        Assert.DoesNotContain("A ", await RunAsync("apps env list hello"), StringComparison.Ordinal);
        await RunAsync("apps secrets set hello API_KEY", "value");
        Assert.Contains("API_KEY", await RunAsync("apps secrets list hello"), StringComparison.Ordinal);
        await RunAsync("apps secrets delete hello API_KEY");
        Assert.Contains("hello-deploy", await RunAsync("deploy hello --dry-run"), StringComparison.Ordinal);
        await RunAsync("apps delete hello --yes");
        Assert.Equal(3, (await typed.RunAsync("apps", "show", "hello")).Exit);
    }

    [Fact]
    public async Task ADeploymentWaitsForItsRunnerAndCanBeCancelled()
    {
        await RunAsync("apps create hello --embedded");
        await RunAsync("deploy hello --reason because");
        Assert.Contains("hello prepare", await RunAsync("why"), StringComparison.Ordinal);
        var id = (await RunAsync("deployments list")).Split('\n')[1].Split(' ')[0];
        Assert.Equal(5, (await typed.RunAsync("deploy", "hello")).Exit);
        await RunAsync($"cancel {id[..^2]}");
        var followed = await typed.RunAsync("status", id, "--follow");
        Assert.Equal(1, followed.Exit);
        Assert.Contains("cancelled", followed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnvironmentsVersionsRegistriesTokensAndUsersAreMade()
    {
        await RunAsync("environments create staging --require-confirm");
        await RunAsync("environments set staging --node-label fast");
        await RunAsync("environments delete staging --yes");
        await RunAsync("registries create local 127.0.0.1:5000 --plain-http --user robot", "password");
        await RunAsync("registries delete local");
        await RunAsync("apps create hello --embedded");
        await RunAsync("versions create v9 hello=main");
        Assert.Contains("main", await RunAsync("versions show v9"), StringComparison.Ordinal);
        await RunAsync("tokens create ci --role viewer --expires 3");
        await RunAsync("tokens revoke ci");
        await RunAsync("users create ada --role default=developer", "a first long password");
        await RunAsync("users set-password ada", "a second long password");

        using var ada = new Typed();
        Assert.Equal(4, (await ada.RunAsync(["login", url.AbsoluteUri, "--name", "ada"], "a first long password")).Exit);
        var login = await ada.RunAsync(["login", url.AbsoluteUri, "--name", "ada"], "a second long password");
        Assert.True(login.Exit == 0, login.Error);
        Assert.Contains("default (developer)", (await ada.RunAsync("whoami")).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await ada.RunAsync(["users", "set-password"], "a first long password\na third long password\n")).Exit);
        var changed = await ada.RunAsync(["users", "set-password"], "a second long password\na third long password\n");
        Assert.True(changed.Exit == 0, changed.Error);
        Assert.Equal(4, (await ada.RunAsync("audit")).Exit);
        Assert.Contains("The token is revoked.", (await ada.RunAsync("logout")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await ada.RunAsync(["login", url.AbsoluteUri, "--name", "ada"], "a third long password")).Exit);
    }

    [Fact]
    public async Task AWholeSystemIsMadeFromItsFile()
    {
        var file = Path.Combine(typed.Home, "boreas.yaml");
        await File.WriteAllTextAsync(file, SystemCommandsTests.Shop);

        Assert.Matches("app +front +created", await RunAsync($"apply {file} --dry-run"));
        Assert.Equal(3, (await typed.RunAsync("apps", "show", "front")).Exit);
        await RunAsync($"apply {file}");
        Assert.DoesNotMatch("created|changed", await RunAsync($"apply {file}"));

        await RunAsync("apps env set front MADE_BY=hand");
        await File.WriteAllTextAsync(file, SystemCommandsTests.Shop.Replace("replicas: 4", "replicas: 5", StringComparison.Ordinal).Replace("requireConfirm: true", "requireConfirm: false", StringComparison.Ordinal));
        var changed = await RunAsync($"apply {file} --deploy");
        Assert.Matches("app +front +changed +replicas", changed);
        Assert.Matches("environment +live +changed +requireConfirm", changed);
        Assert.Contains("MADE_BY", await RunAsync("apps env list front"), StringComparison.Ordinal);

        var again = await typed.RunAsync("apply", file, "--deploy", "--dry-run");
        Assert.Equal(5, again.Exit);
        Assert.Contains("It would be refused now (active_deployment)", again.Out, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, SystemCommandsTests.Shop.Replace("shop/back:2", "shop/back:3", StringComparison.Ordinal));
        var other = await typed.RunAsync("apply", file);
        Assert.Equal(5, other.Exit);
        Assert.Contains("version v2 already, and it differs in back", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheAuditIsReadPageByPage()
    {
        await RunAsync("apps create hello --embedded");
        await RunAsync("apps set hello --replicas 2");
        Assert.Equal(3, (await typed.RunAsync("apps", "delete", "nothing", "--yes")).Exit);
        var newest = await typed.RunAsync("audit", "--limit", "1");
        Assert.Matches("DeleteApp +nothing +not_found", newest.Out);
        var cursor = newest.Error.Trim().Split(' ')[^1];
        var next = await RunAsync($"audit --limit 1 --cursor {cursor}");
        Assert.Matches("admin +127.0.0.1 +PatchApp +app/hello +ok", next);
        Assert.Contains("\"action\":\"CreateApp\"", await RunAsync("audit --actor admin -o json"), StringComparison.Ordinal);
        Assert.DoesNotContain("CreateApp", await RunAsync("audit --actor nobody"), StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(string line, string input = "")
    {
        var outcome = await typed.RunAsync(line.Split(' '), input);
        Assert.True(outcome.Exit == 0, $"boreas {line}: {outcome.Exit} {outcome.Out} {outcome.Error}");
        return outcome.Out;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Hears when the server says that it serves.</summary>
    private sealed class Announcement : StringWriter
    {
        public TaskCompletionSource Serving { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith("Boreas serves", StringComparison.Ordinal) == true) Serving.TrySetResult();
        }
    }
}

using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;
using Boreas.Scenarios.World;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Boreas.Scenarios;

/// <summary>What a person sees in the web UI while the real server works.</summary>
public sealed class InTheBrowser : IAsyncLifetime
{
    private const string App = "hello";
    private BoreasServer _server = null!;
    private AppRepository _repository = null!;
    private Browser _browser = null!;

    private IPage Page => _browser.Page;

    public async Task InitializeAsync()
    {
        _server = await BoreasServer.StartAsync("--web", Browser.WebFolder);
        await _server.CreateAppAsync(App, startSeconds: 4);
        _repository = await AppRepository.CreateAsync(_server, App);
        _browser = await Browser.OpenAsync(_server);
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _repository.Dispose();
        await _server.DisposeAsync();
    }

    [BrowserFact]
    public async Task SigningInNeedsNoMouseAndLeadsToThePageThatWasAskedFor()
    {
        await Page.GotoAsync("/apps");
        await _browser.SignInAsync("not the password");
        await Expect(Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Name or password is wrong.");
        await Page.GetByLabel("Name", new() { Exact = true }).FocusAsync();
        await _browser.SignInAsync();
        await Expect(Page).ToHaveURLAsync("/apps");
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Name = "Apps", Level = 1 })).ToBeVisibleAsync();
        await Expect(Page.GetByRole(AriaRole.Link, new() { Name = App, Exact = true })).ToBeVisibleAsync();
        _browser.AssertNothingToComplainAbout();
    }

    [BrowserFact]
    public async Task APushShowsUpRunsAndSucceedsOnAPageThatIsNeverReloaded()
    {
        // The build ends when the page has shown that it runs.
        var seen = Path.Combine(_repository.Folder, "seen");
        await _repository.WriteAsync("boreas.yaml", "build: node build.js\ntest: node --test\nrun: node server.js\nhealth: /healthz\n");
        await _repository.WriteAsync("build.js", $"console.log('half of it is built');\nconst timer = setInterval(() => {{ if (require('fs').existsSync('{seen}')) {{ console.log('all of it is built'); clearInterval(timer); }} }}, 20);\n");
        await _browser.OpenSignedInAsync();
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Name = "Deploy your first app" })).ToBeVisibleAsync();
        await Page.EvaluateAsync("window.neverReloaded = true");

        await _repository.CommitAsync();
        var pushing = _repository.PushAsync();
        var row = Page.GetByRole(AriaRole.Row).Filter(new() { HasText = App });
        await Expect(row).ToContainTextAsync("Running");
        await row.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(Task("build")).ToContainTextAsync("Running");
        await Expect(Task("test")).ToContainTextAsync("Blocked");
        await Expect(Log("build")).ToContainTextAsync("half of it is built");
        await Expect(Log("build")).Not.ToContainTextAsync("all of it is built");

        await Task("build").ClickAsync();
        await File.WriteAllTextAsync(seen, "");
        await Expect(Log("build")).ToContainTextAsync("all of it is built");
        foreach (var task in (string[])["prepare", "build", "test", "deploy", "health check"]) await Expect(Task(task)).ToContainTextAsync("Succeeded");
        await Expect(Page.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("aria-valuenow", "100");
        await Expect(Page.GetByRole(AriaRole.Button, new() { Name = "Roll back" })).ToBeVisibleAsync();
        Assert.True(await Page.EvaluateAsync<bool>("window.neverReloaded === true"));

        var app = await Page.RunAndWaitForPopupAsync(() => Page.GetByRole(AriaRole.Link, new() { Name = $"/runtime/{App}" }).ClickAsync());
        await Expect(app.GetByRole(AriaRole.Heading, new() { Name = "Hello from Boreas" })).ToBeVisibleAsync();
        Assert.True((await pushing).Succeeded);
        _browser.AssertNothingToComplainAbout();
    }

    [BrowserFact]
    public async Task AFailedDeploymentSaysWhatWentWrongAndWhatToDo()
    {
        await _repository.WriteAsync("server.js", "console.error('DATABASE_URL is missing');\nmodule.exports = { server: { listen(_, then) { then(); }, close() {}, address: () => ({ port: 1 }) } };\nif (require.main === module) process.exit(3);\n");
        await _repository.WriteAsync("server.test.js", "");
        var deployment = await _repository.DeployToEndAsync();
        await _server.Api.WhenAsync(deployment.Id, "is rolled back", d => d.Status == RunStatus.RolledBack);
        var failure = Assert.IsType<TaskFailure>(deployment.Tasks.Single(task => task.Type == RunTaskType.Deploy).Failure);

        await _browser.OpenSignedInAsync();
        var row = Page.GetByRole(AriaRole.Row).Filter(new() { HasText = App });
        await Expect(row).ToContainTextAsync("Rolled back");
        await Expect(row).ToContainTextAsync("DATABASE_URL is missing");
        await Page.Keyboard.PressAsync("j");
        await Expect(row.GetByRole(AriaRole.Link)).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Enter");
        var item = Page.GetByRole(AriaRole.Listitem).Filter(new() { Has = Task("deploy") });
        Assert.Equal(ProblemCodes.AppExited, failure.Code);
        foreach (var text in (string[])[failure.Message, failure.Advice!, failure.Code]) await Expect(item).ToContainTextAsync(text);
        await Expect(Log("deploy")).ToContainTextAsync("DATABASE_URL is missing");
        _browser.AssertNothingToComplainAbout();
    }

    private ILocator Task(string name) => Page.GetByRole(AriaRole.Link, new() { NameRegex = new($"^{name}\\b") });

    private ILocator Log(string task) => Page.GetByRole(AriaRole.Log, new() { Name = $"Log of {task}" });
}

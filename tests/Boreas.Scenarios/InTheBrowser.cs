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

    [BrowserFact]
    public async Task ACanaryIsApprovedStepByStepAndFinishes()
    {
        var id = await DeployCanaryAsync();
        await _browser.OpenSignedInAsync($"/deployments/{id}");
        await Expect(Decisions).ToContainTextAsync("Starts 1 new instance.");
        await Expect(Decisions).ToContainTextAsync("0% → 50%");

        await ClickAsync(Decisions, "Approve");
        await Expect(Dialog).ToContainTextAsync("0% → 50%");
        await Dialog.GetByLabel("Reason").FillAsync("half of them is safe");
        await ClickAsync(Dialog, "Approve");

        await Expect(Decisions).ToContainTextAsync("50% → 100%");
        await Task("deploy 1 of 1").ClickAsync();
        await Expect(Page.GetByText("Started 1 instance.")).ToBeVisibleAsync();
        await ClickAsync(Decisions, "Approve");
        await ClickAsync(Dialog, "Approve");

        await Expect(Page.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("aria-valuenow", "100");
        await Expect(Decisions).ToBeHiddenAsync();
        var ended = await _server.Api.DeploymentAsync(id);
        PushToRunning.AssertSucceeded(ended);
        Assert.Equal("half of them is safe", ended.Tasks.Single(task => task.Id == "hello-deploy").Approvals!.Single().Reason);
        _browser.AssertNothingToComplainAbout();
    }

    [BrowserFact]
    public async Task WhatIsEditedWhileSomebodyLooksIsShownToThemBeforeTheyApprove()
    {
        var id = await DeployCanaryAsync();
        await _browser.OpenSignedInAsync($"/deployments/{id}");
        await ClickAsync(Decisions, "Approve");
        await Expect(Dialog.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToBeVisibleAsync();

        await _server.RunAsync("tasks", "add", id, "--app", App, "--name", "smoke test", "--after", "hello-deploy", "--before", "hello-deploy-2", "--", "true");

        await Expect(Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("The graph was edited");
        await Expect(Dialog.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "smoke test" })).ToContainTextAsync("new");
        await Expect(Dialog.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToBeHiddenAsync();
        await ClickAsync(Dialog, "Go on with this graph");
        await ClickAsync(Dialog, "Approve");

        await Expect(Task("smoke test")).ToContainTextAsync("Succeeded");
        var approved = (await _server.Api.DeploymentAsync(id)).Tasks.Single(task => task.Id == "hello-deploy").Approvals!.Single();
        Assert.Equal(2, approved.GraphVersion);
        _browser.AssertNothingToComplainAbout();
    }

    /// <summary>A second version, which waits for its first step to be approved.</summary>
    private async Task<string> DeployCanaryAsync()
    {
        PushToRunning.AssertSucceeded(await _repository.DeployToEndAsync());
        await _repository.SayAsync("Second");
        var commit = await _repository.CommitAsync();
        Assert.True((await _repository.PushAsync("main:next")).Succeeded);
        await _server.RunAsync("deploy", App, "--ref", commit, "--strategy", "canary:50%:0s", "--require-confirm");
        var id = (await _server.Api.DeploymentsAsync(App))[0].Id;
        await _server.Api.WhenAsync(id, "waits for its first step to be approved", d => d.Status == RunStatus.WaitingConfirm);
        return id;
    }

    private static Task ClickAsync(ILocator within, string button) => within.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    private ILocator Decisions => Page.GetByRole(AriaRole.Region, new() { Name = "1 task waits for a person" });

    private ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    private ILocator Task(string name) => Page.GetByRole(AriaRole.Link, new() { NameRegex = new($"^{name}\\b") });

    private ILocator Log(string task) => Page.GetByRole(AriaRole.Log, new() { Name = $"Log of {task}" });
}

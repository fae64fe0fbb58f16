using System.Text.RegularExpressions;
using Boreas.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Boreas.Scenarios.World;

/// <summary>The system's Chromium with an empty profile and one page, at a server's web UI. Keeps what a person with the developer tools open would complain about.</summary>
internal sealed partial class Browser : IAsyncDisposable
{
    private const int PatienceMilliseconds = 15_000;
    private readonly List<string> _complaints = [];
    private readonly BoreasServer _server;
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private bool _signedIn;

    private Browser(BoreasServer server, IPlaywright playwright, IBrowser browser) => (_server, _playwright, _browser) = (server, playwright, browser);

    /// <summary>Where <c>npm run build</c> leaves the web UI.</summary>
    public static string WebFolder { get; } = AppRepository.RepositoryFolder("web", "dist");

    public static string? Program => ProgramPath.Find("chromium");

    public IPage Page { get; private set; } = null!;

    public static async Task<Browser> OpenAsync(BoreasServer server)
    {
        SetDefaultExpectTimeout(PatienceMilliseconds);
        var playwright = await Playwright.CreateAsync();
        var browser = new Browser(server, playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program,
            ChromiumSandbox = !Environment.IsPrivilegedProcess,
            Args = ["--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync", "--disable-component-update"],
        }));
        var context = await browser._browser.NewContextAsync(new() { BaseURL = server.Address.OriginalString, Locale = "en-US", ViewportSize = new() { Width = 1440, Height = 900 } });
        context.Request += (_, request) => browser.CheckHost(request.Url);
        context.SetDefaultTimeout(PatienceMilliseconds);
        browser.Page = await context.NewPageAsync();
        browser.Page.PageError += (_, error) => browser.Complain($"not caught: {error}");
        browser.Page.Console += (_, message) => browser.Hear(message);
        browser.Page.WebSocket += (_, socket) => browser.CheckHost(socket.Url);
        return browser;
    }

    /// <summary>Signs in as the first administrator, with the keyboard alone: the name has the focus, Tab leads to the password, Enter sends.</summary>
    public async Task SignInAsync(string? password = null)
    {
        await Expect(Page.GetByLabel("Name", new() { Exact = true })).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Control+A");
        await Page.Keyboard.TypeAsync("admin");
        await Page.Keyboard.PressAsync("Tab");
        await Expect(Page.GetByLabel("Password", new() { Exact = true })).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Control+A");
        await Page.Keyboard.TypeAsync(password ?? FirstPassword());
        await Page.Keyboard.PressAsync("Enter");
        if (password is not null) return;
        await Expect(Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" })).ToBeVisibleAsync();
        lock (_complaints) _signedIn = true;
    }

    public async Task OpenSignedInAsync(string path = "/")
    {
        await Page.GotoAsync(path);
        await SignInAsync();
    }

    public void AssertNothingToComplainAbout()
    {
        lock (_complaints) Assert.True(_complaints.Count == 0, string.Join('\n', _complaints));
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }

    /// <summary>What the server printed at its first start.</summary>
    private string FirstPassword() => PasswordPattern().Match(File.ReadAllText(_server.Process.OutputFile)).Groups[1].Value;

    private void CheckHost(string url)
    {
        if (new Uri(url) is { Scheme: "http" or "https" or "ws" or "wss" } address && address.Authority != _server.Address.Authority) Complain($"asked another host: {url}");
    }

    private void Hear(IConsoleMessage message)
    {
        // To somebody who is not signed in, 401 is the answer, and Chromium logs every such answer as an error.
        if (message.Type == "error" && (_signedIn || !message.Text.Contains("status of 401", StringComparison.Ordinal))) Complain($"in the console: {message.Text} {message.Location}");
    }

    private void Complain(string what)
    {
        lock (_complaints) _complaints.Add(what);
    }

    [GeneratedRegex(@"^\s*password\s+(\S+)", RegexOptions.Multiline)]
    private static partial Regex PasswordPattern();
}

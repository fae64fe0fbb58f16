using System.Net;
using System.Net.Http.Headers;
using Boreas.Agent.Tests.Fixtures;

namespace Boreas.Agent.Tests;

public sealed class StaticSiteTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("boreas-site-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private Task _site = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_folder + "/docs/empty");
        Directory.CreateDirectory(_folder + "/.git");
        await File.WriteAllTextAsync(_folder + "/index.html", "home");
        await File.WriteAllTextAsync(_folder + "/404.html", "lost");
        await File.WriteAllTextAsync(_folder + "/docs/index.html", "docs");
        await File.WriteAllTextAsync(_folder + "/docs/a b.txt", "0123456789");
        await File.WriteAllTextAsync(_folder + "/.git/config", "secret");
        _http.BaseAddress = AgentClient.FreeUrl();
        _site = StaticSite.RunAsync(_folder, _http.BaseAddress.Port, _stop.Token, IPAddress.Loopback);
        await Eventually.TrueAsync("the site answers", async () =>
        {
            try
            {
                return (await _http.GetAsync("/")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _site;
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task FoldersShowTheirIndexAndFilesTheirType()
    {
        Assert.Equal("home", await _http.GetStringAsync("/"));
        Assert.Equal("docs", await _http.GetStringAsync("/docs/"));
        using var file = await _http.GetAsync("/docs/a%20b.txt");
        Assert.Equal("text/plain; charset=utf-8", file.Content.Headers.ContentType!.ToString());
        using var folder = await _http.GetAsync("/docs?x=1");
        Assert.Equal((HttpStatusCode.PermanentRedirect, "./docs/?x=1"), (folder.StatusCode, folder.Headers.GetValues("Location").Single()));
    }

    [Theory]
    [InlineData("/missing")]
    [InlineData("/docs/empty/")]
    [InlineData("/.git/config")]
    [InlineData("/docs/..%2f..%2f.git/config")]
    [InlineData("/docs/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("//etc/passwd")]
    [InlineData("/docs//index.html")]
    [InlineData("/docs\\index.html")]
    public async Task WhatIsNotThereIsThe404Page(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_http.BaseAddress!.ToString().TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using var answer = await _http.SendAsync(request);
        Assert.Equal((HttpStatusCode.NotFound, "lost"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task WhatTheClientHasIsNotSentAgainAndPartsAreSentAlone()
    {
        using var first = await _http.GetAsync("/docs/a%20b.txt");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/docs/a%20b.txt");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await _http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.NotNull(first.Content.Headers.LastModified);
        using var part = new HttpRequestMessage(HttpMethod.Get, "/docs/a%20b.txt");
        part.Headers.Range = new RangeHeaderValue(2, 4);
        using var partial = await _http.SendAsync(part);
        Assert.Equal((HttpStatusCode.PartialContent, "234"), (partial.StatusCode, await partial.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task OnlyReadingIsAllowed()
    {
        using var post = await _http.PostAsync("/", new StringContent("x"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        using var head = await _http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));
        Assert.Equal((HttpStatusCode.OK, 4L), (head.StatusCode, head.Content.Headers.ContentLength));
    }
}

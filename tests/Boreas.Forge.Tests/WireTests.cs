using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Boreas.Forge.Tests;

/// <summary>Clients that speak the protocol in other ways than Git's own does.</summary>
public sealed class WireTests : IAsyncLifetime
{
    private const string Side = "report-status side-band-64k object-format=sha1 agent=test";
    private readonly HttpClient _http = new();
    private ForgeUnderTest _forge = null!;

    public async Task InitializeAsync() => _forge = await ForgeUnderTest.StartAsync();

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _forge.DisposeAsync();
    }

    [Fact]
    public async Task ACompressedPushIsUnderstood()
    {
        var client = await _forge.ClientAsync();
        using var response = await SendAsync(Packed(await PushAsync(client, Side)), "gzip");
        Assert.EndsWith("0000", await TextAsync(response), StringComparison.Ordinal);
        Assert.Equal(await client.HeadAsync(), Assert.Single(_forge.ControlPlane.Pushes).NewCommit);
    }

    [Fact]
    public async Task AClientWithoutBandsGetsItsReportAndThePushIsReported()
    {
        var client = await _forge.ClientAsync();
        using var response = await SendAsync(await PushAsync(client, "report-status"));
        Assert.Equal("000eunpack ok\n0017ok refs/heads/main\n0000", await TextAsync(response));
        Assert.Single(_forge.ControlPlane.Pushes);
    }

    [Fact]
    public async Task APushWithoutAnyReportIsFoundByLooking()
    {
        var client = await _forge.ClientAsync();
        using var response = await SendAsync(await PushAsync(client, ""));
        Assert.Equal("ada", (await _forge.ControlPlane.ArrivedAsync()).User);
    }

    [Fact]
    public async Task ABodyThatUnpacksWithoutEndIsCut()
    {
        _forge.ControlPlane.MaxPushBytes = 1024 * 1024;
        var commands = Commands("0123456789abcdef0123456789abcdef01234567", Side);
        using var response = await SendAsync(Packed([.. commands, .. "PACK"u8, .. new byte[200_000_000]]), "gzip");
        Assert.Contains("Boreas refuses this push: it is larger than 1 MB", await TextAsync(response), StringComparison.Ordinal);
        Assert.Empty(_forge.ControlPlane.Pushes);
    }

    [Fact]
    public async Task ABrokenPackChangesNothing()
    {
        var client = await _forge.ClientAsync();
        var push = await PushAsync(client, Side);
        push[^30] ^= 0xff;
        using var response = await SendAsync(push);
        Assert.Contains("ng refs/heads/main", await TextAsync(response), StringComparison.Ordinal);
        Assert.Empty(_forge.ControlPlane.Pushes);
        Assert.Equal("", await client.RunAsync("ls-remote", _forge.Remote("hello")));
    }

    [Theory]
    [InlineData("hello", null, "application/x-git-receive-pack-request", HttpStatusCode.BadRequest)]
    [InlineData("00zz", null, "application/x-git-receive-pack-request", HttpStatusCode.BadRequest)]
    [InlineData("000ahello\n0000", null, "application/x-git-receive-pack-request", HttpStatusCode.BadRequest)]
    [InlineData("no gzip", "gzip", "application/x-git-receive-pack-request", HttpStatusCode.BadRequest)]
    [InlineData("0000", "br", "application/x-git-receive-pack-request", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("0000", null, "text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("0000", null, "application/x-git-receive-pack-request", HttpStatusCode.OK)]
    public async Task WhatIsNoPushIsRefused(string body, string? encoding, string type, HttpStatusCode expected)
    {
        using var response = await SendAsync(Encoding.ASCII.GetBytes(body), encoding, type);
        Assert.Equal(expected, response.StatusCode);
        Assert.Empty(_forge.ControlPlane.Pushes);
    }

    [Fact]
    public async Task AClientThatGoesInTheMiddleLeavesNoProcessAndNoBranch()
    {
        var client = await _forge.ClientAsync();
        var push = await PushAsync(client, Side);
        using var gone = new CancellationTokenSource();
        var stalled = new StalledContent(push.AsMemory(0, push.Length / 2));
        using var request = Request(stalled, "application/x-git-receive-pack-request");
        var sending = _http.SendAsync(request, gone.Token);
        await stalled.Sent;
        Assert.True(await BecomesAsync(() => GitRuns(), true));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.True(await BecomesAsync(() => GitRuns(), false));
        Assert.Equal("", await client.RunAsync("ls-remote", _forge.Remote("hello")));
        Assert.Empty(_forge.ControlPlane.Pushes);
    }

    private static async Task<byte[]> PushAsync(GitClient client, string capabilities) =>
        [.. Commands(await client.HeadAsync(), capabilities), .. await client.PackAsync()];

    private static byte[] Commands(string commit, string capabilities)
    {
        var line = $"{TestControlPlane.FirstCommit} {commit} refs/heads/main\0 {capabilities}\n";
        return Encoding.ASCII.GetBytes($"{line.Length + 4:x4}{line}0000");
    }

    private static byte[] Packed(byte[] body)
    {
        using var result = new MemoryStream();
        using (var packing = new GZipStream(result, CompressionLevel.Fastest)) packing.Write(body);
        return result.ToArray();
    }

    private async Task<HttpResponseMessage> SendAsync(byte[] body, string? encoding = null, string type = "application/x-git-receive-pack-request")
    {
        var content = new ByteArrayContent(body);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        using var request = Request(content, type);
        return await _http.SendAsync(request);
    }

    private HttpRequestMessage Request(HttpContent content, string type)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_forge.Url, "/git/hello.git/git-receive-pack")) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestControlPlane.Writer);
        return request;
    }

    private static async Task<string> TextAsync(HttpResponseMessage response) => Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync());

    /// <summary>Whether a Git process works in this forge's repositories: processes give no signal to a stranger, so we look.</summary>
    private bool GitRuns() => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ")).Contains("GIT_PROJECT_ROOT=" + _forge.Folder, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private static async Task<bool> BecomesAsync(Func<bool> look, bool expected)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (look() != expected && !limit.IsCancellationRequested) await Task.Delay(20, CancellationToken.None);
        return look() == expected;
    }

    /// <summary>Sends its part and then nothing more.</summary>
    private sealed class StalledContent(ReadOnlyMemory<byte> part) : HttpContent
    {
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Sent => _sent.Task;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(part, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            _sent.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Boreas.Forge.Tests;

public sealed class AccessTests : IAsyncLifetime
{
    private ForgeUnderTest _forge = null!;

    public async Task InitializeAsync() => _forge = await ForgeUnderTest.StartAsync();

    public async Task DisposeAsync() => await _forge.DisposeAsync();

    [Fact]
    public async Task WhoMayOnlyReadCannotPushAndNothingChanges()
    {
        var client = await _forge.ClientAsync();
        var result = await client.TryAsync("push", _forge.Remote("hello", TestControlPlane.Reader), "main");
        Assert.False(result.Succeeded);
        Assert.Contains("You may not push to 'hello'. Your role here is viewer.", result.ErrorTail, StringComparison.Ordinal);
        Assert.Equal("", await client.RunAsync("ls-remote", _forge.Remote("hello")));
        Assert.Empty(_forge.ControlPlane.Pushes);
    }

    [Fact]
    public async Task TheRightToPushIsCheckedAtThePushItself()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_forge.Url, "/git/hello.git/git-receive-pack")) { Content = new ByteArrayContent("0000"u8.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-git-receive-pack-request");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestControlPlane.Reader);
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task AnUnknownRepositorySaysHowToMakeIt()
    {
        var client = await _forge.ClientAsync();
        var result = await client.TryAsync("push", _forge.Remote("missing"), "main");
        Assert.False(result.Succeeded);
        Assert.Contains("boreas apps create missing", result.ErrorTail, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_forge.Repository("missing")));
    }

    [Fact]
    public async Task AForgeThatTheControlPlaneDoesNotKnowSaysSoAndDoesNotBlameThePusher()
    {
        _forge.ControlPlane.Stranger = true;
        var client = await _forge.ClientAsync();
        var result = await client.TryAsync("push", _forge.Remote("hello"), "main");
        Assert.False(result.Succeeded);
        Assert.Contains("does not know this Git server", result.ErrorTail, StringComparison.Ordinal);
        Assert.DoesNotContain("You may not", result.ErrorTail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongPasswordIsRefused()
    {
        var client = await _forge.ClientAsync();
        var result = await client.TryAsync("push", _forge.Remote("hello", "wrong"), "main");
        Assert.Contains("Authentication failed", result.ErrorTail, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_forge.Repository("hello")));
    }

    [Fact]
    public async Task WithoutATokenTheClientIsAskedForOne()
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(_forge.Url, "/git/hello.git/info/refs?service=git-upload-pack"));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Basic realm=\"Boreas\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("Bearer " + TestControlPlane.Reader, HttpStatusCode.OK)]
    [InlineData("bearer " + TestControlPlane.Reader, HttpStatusCode.OK)]
    [InlineData("Basic YW55Ym9keTpyZWFkZXItdG9rZW4=", HttpStatusCode.OK)]
    [InlineData("Basic OnJlYWRlci10b2tlbg==", HttpStatusCode.OK)]
    [InlineData("Basic cmVhZGVyLXRva2Vu", HttpStatusCode.Unauthorized)]
    [InlineData("Basic !!!", HttpStatusCode.Unauthorized)]
    [InlineData("Basic", HttpStatusCode.Unauthorized)]
    [InlineData("Digest reader-token", HttpStatusCode.Unauthorized)]
    [InlineData("Basic YTpiCmM=", HttpStatusCode.Unauthorized)]
    public async Task ATokenComesAsBearerOrAsPassword(string authorization, HttpStatusCode expected)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_forge.Url, "/git/hello.git/info/refs?service=git-upload-pack"));
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await http.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task WithoutAControlPlaneNobodyGetsIn()
    {
        await _forge.ControlPlane.DisposeAsync();
        var client = await _forge.ClientAsync();
        var result = await client.TryAsync("push", _forge.Remote("hello"), "main");
        Assert.False(result.Succeeded);
        Assert.Contains("Boreas cannot reach its control plane", result.ErrorTail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/git/..%2f..%2fsecret.git/info/refs?service=git-upload-pack")]
    [InlineData("/git/%2e%2e.git/info/refs?service=git-upload-pack")]
    [InlineData("/git/%2e%2e/%2e%2e/secret.git/info/refs?service=git-upload-pack")]
    [InlineData("/git/../secret.git/info/refs?service=git-upload-pack")]
    [InlineData("/git/Hello.git/info/refs?service=git-upload-pack")]
    [InlineData("/git/-hello.git/info/refs?service=git-upload-pack")]
    [InlineData("/git/hello%00.git/info/refs?service=git-upload-pack")]
    [InlineData("/git/hello%0a.git/info/refs?service=git-upload-pack")]
    [InlineData("/git/.git/info/refs?service=git-upload-pack")]
    [InlineData("/git/hello.git/info/refs?service=git-upload-archive")]
    [InlineData("/git/hello.git/info/refs")]
    [InlineData("/git/hello.git/HEAD")]
    [InlineData("/git/hello.git/config")]
    [InlineData("/git/hello.git/objects/info/packs")]
    [InlineData("/git/hello.git/../other.git/HEAD")]
    [InlineData("/git/hello/info/refs?service=git-upload-pack")]
    public async Task NothingElseCanBeReached(string target)
    {
        var client = await _forge.ClientAsync();
        await client.RunAsync("push", _forge.Remote("hello"), "main");
        var folders = Directory.GetFileSystemEntries(Path.Combine(_forge.Folder, "data", "repositories"));
        Assert.Contains(await RawStatusAsync(target), new[] { 400, 404 });
        Assert.Equal(folders, Directory.GetFileSystemEntries(Path.Combine(_forge.Folder, "data", "repositories")));
    }

    /// <summary>Sends the target as it is, which a client class would tidy up first.</summary>
    private async Task<int> RawStatusAsync(string target)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_forge.Url.Host, _forge.Url.Port);
        await using var stream = socket.GetStream();
        var request = $"GET {target} HTTP/1.1\r\nHost: {_forge.Url.Authority}\r\nAuthorization: Bearer {TestControlPlane.Writer}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        var line = await reader.ReadLineAsync();
        return int.Parse(line!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}

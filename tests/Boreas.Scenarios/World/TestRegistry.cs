using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Boreas.Processes;

namespace Boreas.Scenarios.World;

/// <summary>A real registry without TLS that asks for a login.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    public const string User = "robot";
    public const string Password = "correct horse";

    // bcrypt of the password, as htpasswd(1) would write it.
    private const string PasswordHash = "$2b$04$9Rdf./4mNNdQI4almnOvteZo6/MZLYProxb7sUvP4.snlUeOFX92O";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("boreas-registry-");
    private ProcessIdentity _process;

    private TestRegistry(Uri address) => Address = address;

    public Uri Address { get; }

    public string Host => Address.Authority;

    public static async Task<TestRegistry> StartAsync()
    {
        var registry = new TestRegistry(BoreasProcess.FreeAddress());
        var folder = registry._folder.FullName;
        await File.WriteAllTextAsync($"{folder}/htpasswd", $"{User}:{PasswordHash}\n");
        await File.WriteAllTextAsync($"{folder}/config.yml",
            $"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {folder}/data\n  delete:\n    enabled: true\nauth:\n  htpasswd:\n    realm: scenarios\n    path: {folder}/htpasswd\nhttp:\n  addr: {registry.Host}\n");
        registry._process = DetachedProgram.Start(new ProgramStart("docker-registry", ["serve", $"{folder}/config.yml"]), $"{folder}/log", $"{folder}/log");
        using var http = new HttpClient();
        await Eventually.TrueAsync("the registry asks for a login", async () => (await http.GetAsync(new Uri(registry.Address, "/v2/"))).StatusCode == HttpStatusCode.Unauthorized);
        return registry;
    }

    /// <summary>Builds <paramref name="dockerfile"/> beside a static busybox and pushes it, as somebody else's CI would.</summary>
    /// <returns>The manifest's digest.</returns>
    public async Task<string> PushAsync(string repository, string tag, string dockerfile)
    {
        var context = _folder.CreateSubdirectory("context-" + tag).FullName;
        await ContainerApp.WriteAsync(context);
        await File.WriteAllTextAsync($"{context}/Dockerfile", dockerfile);
        var name = $"{Host}/{repository}:{tag}";
        await PodmanAsync(null, "build", "--quiet", "--tag", name, context);
        await PodmanAsync(Password, "login", "--tls-verify=false", "--username", User, "--password-stdin", "--authfile", $"{_folder.FullName}/auth.json", Host);
        await PodmanAsync(null, "push", "--quiet", "--tls-verify=false", "--authfile", $"{_folder.FullName}/auth.json", $"--digestfile={_folder.FullName}/digest", name);
        await PodmanAsync(null, "rmi", "--force", name);
        return await File.ReadAllTextAsync($"{_folder.FullName}/digest");
    }

    public async Task<IReadOnlyList<string>> TagsAsync(string repository)
    {
        using var answer = (await AskAsync(HttpMethod.Get, $"/v2/{repository}/tags/list")).EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return [.. json.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!)];
    }

    /// <summary>What the tag names; null when there is none.</summary>
    public async Task<string?> DigestAsync(string repository, string tag)
    {
        using var answer = await AskAsync(HttpMethod.Head, $"/v2/{repository}/manifests/{tag}");
        return answer.IsSuccessStatusCode ? answer.Headers.GetValues("Docker-Content-Digest").Single() : null;
    }

    public async ValueTask DisposeAsync()
    {
        ProcessTable.Kill(_process);
        await Eventually.TrueAsync("the registry has ended", () => ProcessTable.Reap(_process.Pid) is not null);
        _folder.Delete(recursive: true);
    }

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
        request.Headers.Accept.ParseAdd("application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json");
        return await http.SendAsync(request);
    }

    private static async Task PodmanAsync(string? input, params string[] arguments)
    {
        var result = await ProgramRunner.RunAsync(new ProgramStart("podman", arguments) { StandardInput = input is null ? null : ProgramInput.FromText(input) });
        Assert.True(result.Succeeded, result.ErrorTail);
    }
}

/// <summary>An app that needs nothing from outside: a static busybox that serves one page. As process 1 it heeds no SIGTERM, so it is killed when it is to end.</summary>
internal static class ContainerApp
{
    public const string Dockerfile =
        "FROM scratch\nCOPY busybox /bin/busybox\nCOPY www /www\nEXPOSE 3000\nSTOPSIGNAL SIGKILL\nCMD [\"/bin/busybox\", \"httpd\", \"-f\", \"-p\", \"3000\", \"-h\", \"/www\"]\n";

    public static async Task WriteAsync(string folder, string page = "<h1>Hello from a container</h1>")
    {
        File.Copy(ProgramPath.Find("busybox")!, $"{folder}/busybox", overwrite: true);
        File.SetUnixFileMode($"{folder}/busybox", (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory($"{folder}/www");
        await File.WriteAllTextAsync($"{folder}/www/index.html", page);
        await File.WriteAllTextAsync($"{folder}/Dockerfile", Dockerfile);
    }
}

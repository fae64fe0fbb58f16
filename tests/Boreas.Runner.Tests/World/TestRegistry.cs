using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Boreas.Processes;

namespace Boreas.Runner.Tests.World;

/// <summary>A real registry that speaks plain HTTP, with a login (user <c>robot</c>) when asked.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    public const string Password = "boreas-registry-pw";

    // bcrypt of the password above.
    private const string Login = "robot:$2b$05$abcdefghijklmnopqrstuuIi0VFUZ/mZgPN9MZMRvHkxb1mYZdAEe";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("boreas-registry");
    private PipedProgram? _program;

    public string Host { get; private set; } = "";

    public static async Task<TestRegistry> StartAsync(bool login, bool deletes = false)
    {
        var registry = new TestRegistry();
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            registry.Host = "127.0.0.1:" + ((IPEndPoint)free.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        }

        var folder = registry._folder.FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "users"), Login + "\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "config.yml"), $"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder}/data}}, delete: {{enabled: {(deletes ? "true" : "false")}}}}}\nhttp: {{addr: '{registry.Host}'}}\n"
            + (login ? $"auth: {{htpasswd: {{realm: test, path: {folder}/users}}}}\n" : ""));
        registry._program = ProgramRunner.StartPiped(new ProgramStart("docker-registry", ["serve", Path.Combine(folder, "config.yml")]) { Timeout = TimeSpan.FromMinutes(10), KillGrace = TimeSpan.FromSeconds(2) });
        using var http = new HttpClient();
        await Wait.UntilAsync(() => Answers(http, registry.Host), "the registry answers");
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null) await _program.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static bool Answers(HttpClient http, string host)
    {
        try
        {
            using var response = http.Send(new HttpRequestMessage(HttpMethod.Get, $"http://{host}/v2/"));
            return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

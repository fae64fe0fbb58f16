using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Boreas.Processes;

namespace Boreas.Runner.Tests.World;

/// <summary>A real sshd on the loopback address that lets in who has <see cref="Key"/>, as the user who runs the tests.</summary>
internal sealed class SshServer : IAsyncDisposable
{
    public const string Program = "/usr/sbin/sshd";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("boreas-sshd");
    private readonly int _port;
    private PipedProgram? _sshd;

    private SshServer()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        _port = ((IPEndPoint)free.LocalEndpoint).Port;
    }

    /// <summary>The private key that is let in.</summary>
    public string Key => File.ReadAllText(Path.Combine(_folder.FullName, "client"));

    /// <summary>A private key that is not.</summary>
    public string OtherKey => File.ReadAllText(Path.Combine(_folder.FullName, "other"));

    public string KnownHosts => HostLine("host");

    /// <summary>What a client would have kept of a host that has another key now.</summary>
    public string OutdatedKnownHosts => HostLine("other");

    public string UrlOf(string path) => string.Create(CultureInfo.InvariantCulture, $"ssh://{Environment.UserName}@127.0.0.1:{_port}{path}");

    public static async Task<SshServer> StartAsync()
    {
        var server = new SshServer();
        var folder = server._folder.FullName;
        foreach (var key in (string[])["host", "client", "other"])
            Assert.True((await ProgramRunner.RunAsync(new ProgramStart("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(folder, key)]))).Succeeded);
        await File.WriteAllTextAsync(Path.Combine(folder, "config"), string.Create(CultureInfo.InvariantCulture, $"""
            Port {server._port}
            ListenAddress 127.0.0.1
            HostKey {folder}/host
            AuthorizedKeysFile {folder}/client.pub
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no

            """));
        // Where sshd, as root, locks itself in; the package's service would make it.
        if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd");
        server._sshd = ProgramRunner.StartPiped(new ProgramStart(Program, ["-D", "-e", "-f", Path.Combine(folder, "config")]) { Timeout = TimeSpan.FromMinutes(10), KillGrace = TimeSpan.FromSeconds(2) });
        await Wait.UntilAsync(server.Answers, "sshd answers");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_sshd is not null) await _sshd.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private string HostLine(string key) =>
        string.Create(CultureInfo.InvariantCulture, $"[127.0.0.1]:{_port} {string.Join(' ', File.ReadAllText(Path.Combine(_folder.FullName, key + ".pub")).Split(' ')[..2])}\n");

    private bool Answers()
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>A test with a real sshd: skipped, loudly, where it is missing.</summary>
[SuppressMessage("Performance", "CA1813", Justification = "xunit derives theories from facts.")]
public sealed class SshFactAttribute : FactAttribute
{
    public SshFactAttribute()
    {
        if (!File.Exists(SshServer.Program)) Skip = $"SKIPPED: {SshServer.Program} is not installed";
    }
}

using System.Net;
using System.Net.Sockets;
using Boreas.Processes;

namespace Boreas.Scenarios.World;

/// <summary>One process of the built <c>boreas</c>: started, killed, asked to end, started again with the same arguments.</summary>
internal sealed class BoreasProcess(string name, string logFolder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? variables = null) : IAsyncDisposable
{
    private static int s_ports = Random.Shared.Next(9000);
    private ProcessIdentity? _process;

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "boreas");

    public string Name => name;

    public string OutputFile => Path.Combine(logFolder, name + ".out");

    public string LogFile => Path.Combine(logFolder, name + ".log");

    public bool Runs => _process is { } process && ProcessTable.IsAlive(process);

    /// <summary>The end of its log, for messages of tests that failed.</summary>
    public string LogTail => File.Exists(LogFile) ? $"The end of {name}'s log:\n" + string.Join('\n', File.ReadAllLines(LogFile).TakeLast(30)) : "";

    /// <summary>Below the ports that the system gives to outgoing connections and the ones that agents give to instances, and never the same twice: it may be a while until somebody listens there.</summary>
    public static Uri FreeAddress()
    {
        while (true)
        {
            var port = 11000 + (Interlocked.Increment(ref s_ports) % 9000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return new Uri($"http://127.0.0.1:{port}");
            }
            catch (SocketException)
            {
                // Somebody else's.
            }
        }
    }

    public void Start()
    {
        Assert.False(Runs, $"{name} runs already");
        _process = DetachedProgram.Start(new ProgramStart(Program, arguments) { Environment = BaseEnvironment.With(variables ?? new Dictionary<string, string>()) }, OutputFile, LogFile);
    }

    /// <summary>Ends it at once (<c>kill -9</c>): nothing that it would do at its end is done.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        ProcessTable.Kill(process);
        await EndAsync(process);
    }

    /// <summary>Asks it to end (SIGTERM) and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (_process is not { } process) return 0;
        ProcessTable.Terminate(process);
        return await EndAsync(process);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not { } process) return;
        ProcessTable.Terminate(process);
        try
        {
            await EndAsync(process);
        }
        finally
        {
            ProcessTable.Kill(process);
        }
    }

    private async Task<int> EndAsync(ProcessIdentity process)
    {
        int? exit = null;
        await Eventually.TrueAsync($"{name} ends", () => (exit = ProcessTable.Reap(process.Pid)) is not null, otherwise: () => LogTail);
        _process = null;
        return exit!.Value;
    }
}

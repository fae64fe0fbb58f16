using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Agent.Tests.Host;

/// <summary>An app that does on request what apps do on their own: answer, write, crash, eat memory, refuse to end.</summary>
internal static class TestApp
{
    private static readonly List<byte[]> Eaten = [];

    public static async Task<int> RunAsync(string[] options)
    {
        if (options is ["exit", var code])
        {
            Console.Error.WriteLine("cannot reach the database");
            return int.Parse(code, CultureInfo.InvariantCulture);
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(int.Parse(Environment.GetEnvironmentVariable("PORT")!, CultureInfo.InvariantCulture)));
        if (options.Contains("stubborn")) builder.Services.Add(new(typeof(IHostLifetime), new Stubborn()));
        await using var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        Console.WriteLine("started " + string.Join(' ', options));
        await app.WaitForShutdownAsync();
        Console.WriteLine("ended well");
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        switch (context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            case ["env", var name]:
                await context.Response.WriteAsync(Environment.GetEnvironmentVariable(name) ?? "(none)");
                return;
            case ["pid"]:
                await context.Response.WriteAsync(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
                return;
            case ["say", var words]:
                Console.WriteLine(words);
                return;
            case ["crash", var code]:
                Environment.Exit(int.Parse(code, CultureInfo.InvariantCulture));
                return;
            case ["eat", var megabytes]:
                for (var i = 0; i < int.Parse(megabytes, CultureInfo.InvariantCulture); i++)
                {
                    var piece = new byte[1 << 20];
                    Array.Fill(piece, (byte)1);
                    Eaten.Add(piece);
                }

                return;
            default:
                await context.Response.WriteAsync("hello from " + Environment.GetEnvironmentVariable("BOREAS_VERSION"));
                return;
        }
    }

    /// <summary>Hears no SIGTERM.</summary>
    private sealed class Stubborn : IHostLifetime
    {
        private readonly System.Runtime.InteropServices.PosixSignalRegistration _ignored =
            System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, signal => signal.Cancel = true);

        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            _ignored.Dispose();
            return Task.CompletedTask;
        }
    }
}

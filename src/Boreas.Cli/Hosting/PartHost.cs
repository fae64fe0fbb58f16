using System.Net;
using System.Net.Sockets;
using Boreas.Cli.Output;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Boreas.Cli.Hosting;

/// <summary>Runs parts of Boreas until they are asked to end. The log goes to standard error; standard output is for what a person must read.</summary>
internal static class PartHost
{
    /// <summary>A web application without configuration from elsewhere: what the command line says is all there is.</summary>
    public static WebApplicationBuilder Builder(Uri listen)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        Log(builder.Logging);
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UseUrls(listen.GetLeftPart(UriPartial.Authority));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        return builder;
    }

    /// <summary>Builds with <paramref name="add"/>; wrong options and a taken port are told as a person's mistakes.</summary>
    public static async Task<ExitCode> RunAsync(Uri listen, Action<IServiceCollection> add, Action<WebApplication> map, CancellationToken cancel)
    {
        RequireInit();
        RequireFree(listen);
        var builder = Builder(listen);
        Checked(() => add(builder.Services));
        await using var app = builder.Build();
        map(app);
        await StartAsync(app, listen, cancel);
        await app.WaitForShutdownAsync(cancel);
        return Ended(cancel);
    }

    /// <summary>The same for a part that listens to nobody.</summary>
    public static async Task<ExitCode> RunAsync(Action<IServiceCollection> add, CancellationToken cancel)
    {
        RequireInit();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        Log(builder.Logging);
        Checked(() => add(builder.Services));
        using var host = builder.Build();
        await host.RunAsync(cancel);
        return Ended(cancel);
    }

    public static async Task StartAsync(WebApplication app, Uri listen, CancellationToken cancel)
    {
        try
        {
            await app.StartAsync(cancel);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            throw Taken(listen, taken);
        }
    }

    /// <summary>As process 1 the .NET runtime reaps every child, also those whose exit codes we wait for.</summary>
    public static void RequireInit()
    {
        if (Environment.ProcessId == 1)
            throw new CommandFailure(ExitCode.Failed, "Boreas cannot be process 1 of a container.", "Let an init be it: 'docker run --init', 'init: true' in a compose file, or an entry point that begins with tini.");
    }

    /// <summary>Looks before any part starts: a taken port is the most common mistake, and nothing should have begun by then.</summary>
    public static void RequireFree(Uri listen)
    {
        var host = listen.IdnHost.Trim('[', ']');
        if (listen.Port == 0 || !IPAddress.TryParse(host == "localhost" ? "127.0.0.1" : host, out var address)) return;
        try
        {
            using var probe = new TcpListener(address, listen.Port);
            probe.Start();
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw Taken(listen, refused);
        }
        catch (SocketException refused)
        {
            throw new CommandFailure(ExitCode.Failed, $"Nothing can listen on {listen}: {refused.Message}.", "Choose an address of this machine, and a port above 1023 unless you are root, with --listen.", refused);
        }
    }

    public static void Checked(Action add)
    {
        try
        {
            add();
        }
        catch (ArgumentException wrong)
        {
            throw new CommandFailure(ExitCode.Usage, wrong.Message, "See --help.", wrong);
        }
    }

    private static CommandFailure Taken(Uri listen, Exception cause) =>
        new(ExitCode.Conflict, $"{listen} is taken: another program listens there.", "End it, or choose another address with --listen.", cause);

    /// <summary>Who was not asked to end and ended all the same has failed; the log says why.</summary>
    public static ExitCode Ended(CancellationToken asked) => asked.IsCancellationRequested ? ExitCode.Ok
        : throw new CommandFailure(ExitCode.Failed, "It ended by itself.", "The log above says why.");

    private static void Log(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning)
            // Who is refused is told so in the answer; tickets of jobs pass there before they are recognised as such.
            .AddFilter("Boreas.Server.Access.BoreasAuthentication", LogLevel.Warning);
        logging.AddSimpleConsole(line =>
        {
            line.SingleLine = true;
            line.UseUtcTimestamp = true;
            line.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            line.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}

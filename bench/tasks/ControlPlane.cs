using System.Net;
using Boreas.Server;
using Boreas.Server.Access;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Boreas.Bench.Tasks;

/// <summary>The whole control plane on Kestrel: access control, job API, journal.</summary>
internal sealed class ControlPlane(WebApplication app, string token, string folder) : IAsyncDisposable
{
    public Journal Journal => app.Services.GetRequiredService<Journal>();

    public string Token => token;

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<ControlPlane> StartAsync(string database, int port)
    {
        var folder = Directory.CreateTempSubdirectory("boreas-bench-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddBoreasServer(new ServerOptions { DataDirectory = folder, Database = database });
        var app = builder.Build();
        app.UseBoreasAccess();
        app.MapBoreasServer();
        ServerHost.Start(app.Services);
        var tokens = await app.Services.GetRequiredService<AccessBootstrap>().IssueInternalTokensAsync();
        await app.StartAsync();
        return new ControlPlane(app, tokens.Runner, folder);
    }

    /// <summary>Offers tasks, prints its address and the token of runners, and serves until its input ends.</summary>
    public static async Task<int> ServeAsync(string database, int port, int tasks)
    {
        await using var plane = await StartAsync(database, port);
        await Plane.OfferAsync(plane.Journal, tasks);
        Console.WriteLine($"{plane.Address} {plane.Token}");
        while (await Console.In.ReadLineAsync() is not null) continue;
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

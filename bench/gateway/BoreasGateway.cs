using System.Net;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Boreas.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Boreas.Bench.Gateway;

/// <summary>The gateway as on one machine: the host that it is in also answers its two calls to the control plane.</summary>
internal static class BoreasGateway
{
    public static async Task<int> RunAsync(int port, string upstream, string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddBoreasGateway(new GatewayOptions
        {
            ControlPlane = new Uri($"http://127.0.0.1:{port}"),
            Token = () => "bench",
            Name = "bench",
            DataDirectory = folder,
        });
        await using var app = builder.Build();
        app.UseBoreasGateway();
        app.UseRouting();
        var table = new RouteTable(1, [new("hello", "production", "/runtime/hello", [new("hello-1", upstream, 100)])]);
        app.MapGet("/gateway/routes", async (long after, int waitSeconds, HttpContext context) =>
        {
            if (after < table.Version) return Results.Json(table, BoreasJson.Options);
            await Task.Delay(TimeSpan.FromSeconds(waitSeconds), context.RequestAborted);
            return Results.NoContent();
        });
        app.MapPost("/gateway/status", () => Results.NoContent());
        await app.RunAsync();
        return 0;
    }
}

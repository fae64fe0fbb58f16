using Boreas.Contracts.Gateways;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Boreas.Gateway.Tests.Support;

/// <summary>An instance of an app: a real web server that answers with whatever the test says.</summary>
internal sealed class App(WebApplication server, string id) : IAsyncDisposable
{
    public string Id { get; } = id;

    public string Address { get; } = server.Address().GetLeftPart(UriPartial.Authority);

    /// <summary>An instance whose every answer is its id.</summary>
    public static Task<App> StartAsync(string id) => StartAsync(id, context => context.Response.WriteAsync(id));

    public static async Task<App> StartAsync(string id, RequestDelegate answer) =>
        new(await Kestrel.StartAsync(app =>
        {
            app.UseWebSockets();
            app.Run(answer);
        }, port: 0), id);

    public RouteTarget Weight(int weight) => new(Id, Address, weight);

    public async ValueTask DisposeAsync() => await server.DisposeAsync();
}

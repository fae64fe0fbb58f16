using System.Threading.Channels;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Boreas.Gateway.Tests.Support;

/// <summary>The two endpoints that a gateway calls, by the contract, over real HTTP.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    public const string Token = "gateway-token";
    private readonly Lock _gate = new();
    private readonly Channel<GatewayStatus> _statuses = Channel.CreateUnbounded<GatewayStatus>();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RouteTable _table = new(0, []);
    private WebApplication? _app;
    private int _port;

    public Uri Address { get; private set; } = null!;

    public static async Task<ControlPlane> StartAsync()
    {
        var controlPlane = new ControlPlane();
        await controlPlane.ComeBackAsync();
        return controlPlane;
    }

    /// <summary>Gives the gateway a new table and returns its version.</summary>
    public long Route(params AppRoute[] routes) => Publish(new RouteTable(_table.Version + 1, routes));

    public long Publish(RouteTable table)
    {
        lock (_gate)
        {
            _table = table;
            var changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.SetResult();
        }

        return table.Version;
    }

    /// <summary>The next status that is as wanted; those before it are dropped.</summary>
    public async Task<GatewayStatus> StatusAsync(Func<GatewayStatus, bool> wanted)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var status = await _statuses.Reader.ReadAsync(deadline.Token);
            if (wanted(status)) return status;
        }
    }

    public Task<GatewayStatus> ConfirmedAsync(long version) => StatusAsync(status => status.Version == version);

    public async Task GoAwayAsync()
    {
        if (_app is null) return;
        await _app.DisposeAsync();
        _app = null;
    }

    public async Task ComeBackAsync()
    {
        _app = await Kestrel.StartAsync(Map, port: _port);
        Address = _app.Address();
        _port = Address.Port;
    }

    public async ValueTask DisposeAsync() => await GoAwayAsync();

    private void Map(WebApplication app)
    {
        app.MapGet("/gateway/routes", async (HttpContext context, string gateway, long after, int waitSeconds) =>
        {
            if (context.Request.Headers.Authorization != "Bearer " + Token) return Results.Unauthorized();
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            waiting.CancelAfter(TimeSpan.FromSeconds(waitSeconds));
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (_table.Version > after) return Results.Json(_table, BoreasJson.Options);
                    changed = _changed.Task;
                }

                try
                {
                    await changed.WaitAsync(waiting.Token);
                }
                catch (OperationCanceledException)
                {
                    return Results.NoContent();
                }
            }
        });
        app.MapPost("/gateway/status", async (HttpContext context) =>
        {
            if (context.Request.Headers.Authorization != "Bearer " + Token) return Results.Unauthorized();
            await _statuses.Writer.WriteAsync((await context.Request.ReadFromJsonAsync<GatewayStatus>(BoreasJson.Options))!);
            return Results.NoContent();
        });
    }
}

using Boreas.Contracts.Gateways;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Boreas.Gateway.Tests.Support;

/// <summary>A gateway in front of a page of the host's own, with a control plane of its own unless one is given.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly bool _ownsFolder;
    private readonly bool _ownsControlPlane;
    private readonly WebApplication _app;

    private RunningGateway(WebApplication app, ControlPlane controlPlane, bool ownsControlPlane, string folder, bool ownsFolder, HttpProtocols protocols)
    {
        (_app, ControlPlane, _ownsControlPlane, Folder, _ownsFolder) = (app, controlPlane, ownsControlPlane, folder, ownsFolder);
        Address = app.Address();
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Address,
            DefaultRequestVersion = protocols == HttpProtocols.Http2 ? new Version(2, 0) : new Version(1, 1),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public ControlPlane ControlPlane { get; }

    public string Folder { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<RunningGateway> StartAsync(
        Func<GatewayOptions, GatewayOptions>? options = null, ControlPlane? controlPlane = null, string? folder = null, HttpProtocols protocols = HttpProtocols.Http1, Lines? logs = null)
    {
        var plane = controlPlane ?? await ControlPlane.StartAsync();
        var data = folder ?? Directory.CreateTempSubdirectory("boreas-gateway-").FullName;
        var basic = new GatewayOptions { ControlPlane = plane.Address, Token = () => ControlPlane.Token, Name = "gw", DataDirectory = data };
        var app = await Kestrel.StartAsync(
            host =>
            {
                host.UseBoreasGateway();
                host.Run(context => context.Response.WriteAsync("the host's own page"));
            },
            services => services.AddBoreasGateway(options?.Invoke(basic) ?? basic),
            protocols,
            logs: logs);
        return new(app, plane, controlPlane is null, data, folder is null, protocols);
    }

    /// <summary>Publishes routes and waits until the gateway has confirmed them.</summary>
    public async Task RouteAsync(params AppRoute[] routes) => await ControlPlane.ConfirmedAsync(ControlPlane.Route(routes));

    /// <summary>One app under <c>/runtime/hello</c>.</summary>
    public Task RouteHelloAsync(params RouteTarget[] targets) => RouteAsync(Hello(targets));

    public static AppRoute Hello(params RouteTarget[] targets) => new("hello", "production", "/runtime/hello", targets);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        if (_ownsControlPlane) await ControlPlane.DisposeAsync();
        if (_ownsFolder) Directory.Delete(Folder, recursive: true);
    }
}

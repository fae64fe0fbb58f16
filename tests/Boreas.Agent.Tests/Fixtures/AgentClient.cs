using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Http;
using Boreas.Contracts.Jobs;

namespace Boreas.Agent.Tests.Fixtures;

/// <summary>Calls an agent as a runner does: with tickets, over HTTP.</summary>
internal sealed class AgentClient(Uri url, string dataDirectory)
{
    private static readonly HttpClient Http = new(new OutboundHandler());

    public Uri Url { get; } = url;

    public static string HostDll { get; } = Path.Combine(AppContext.BaseDirectory, "Boreas.Agent.Tests.Host.dll");

    public static IReadOnlyList<string> Self { get; } = ["dotnet", HostDll];

    public byte[] Key => File.ReadAllBytes(Path.Combine(dataDirectory, "node-key"));

    public string Ticket(string instanceId) => AgentTicket.Issue(Key, instanceId, TimeProvider.System.GetUtcNow().AddMinutes(5));

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? ticket, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Url, path));
        if (ticket is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ticket);
        if (body is not null) request.Content = JsonContent.Create(body, options: BoreasJson.Options);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<InstanceStatus> DeployAsync(StartInstanceRequest start)
    {
        using var response = await SendAsync(HttpMethod.Post, "/agent/apps/deploy", Ticket(start.InstanceId), start);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return await ReadAsync<InstanceStatus>(response);
    }

    public async Task<InstanceStatus> StatusAsync(string instanceId)
    {
        using var response = await SendAsync(HttpMethod.Get, "/agent/apps/" + instanceId, Ticket(instanceId));
        return await ReadAsync<InstanceStatus>(response);
    }

    public async Task<IReadOnlyList<InstanceStatus>> ListAsync()
    {
        using var response = await SendAsync(HttpMethod.Get, "/agent/apps", Ticket(AgentTicket.AnyInstance));
        return await ReadAsync<List<InstanceStatus>>(response);
    }

    public async Task<InstanceStatus> StopAsync(string instanceId, int grace = 10)
    {
        using var response = await SendAsync(HttpMethod.Post, $"/agent/apps/{instanceId}/stop", Ticket(instanceId), new StopInstanceRequest(grace));
        return await ReadAsync<InstanceStatus>(response);
    }

    public Task<InstanceStatus> WhenAsync(string instanceId, string what, Func<InstanceStatus, bool> wanted) => Eventually.GetAsync(what, () => StatusAsync(instanceId), wanted);

    /// <summary>Waits until it accepts connections.</summary>
    public Task<InstanceStatus> WhenReadyAsync(string instanceId) =>
        WhenAsync(instanceId, "ready", status => status.Listening.Count > 0 && status.Failure is null && status.State == InstanceState.Running);

    public static Task<string> AskAsync(InstanceStatus status, string path) => Http.GetStringAsync(new Uri(new Uri(status.Address!), path));

    /// <summary>Asks for something after which the app may not be able to answer.</summary>
    public static async Task TellAsync(InstanceStatus status, string path)
    {
        try
        {
            await AskAsync(status, path);
        }
        catch (HttpRequestException)
        {
            // It did what it was told.
        }
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<T>(BoreasJson.Options))!;

    public static Uri FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }

    public static ReleaseSpec Release(BuiltArtifact artifact, params string[] appOptions) => new(
        "hello", "production", "v1", "0123456789012345678901234567890123456789", null, null, artifact, ["dotnet", HostDll, "app", .. appOptions], null, 3000,
        new HealthCheckSpec(), new LimitsSpec(MemoryMb: 1024), new Dictionary<string, string> { ["GREETING"] = "hi there" }, []);
}

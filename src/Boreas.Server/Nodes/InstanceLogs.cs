using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Http;

namespace Boreas.Server.Nodes;

/// <summary>What an instance writes, read from its agent when somebody asks: the one thing for which the control plane calls another part.</summary>
internal sealed class InstanceLogs(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TicketLife = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http = new(new OutboundHandler(useProxy: false, connectTimeout: TimeSpan.FromSeconds(3))) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The last <paramref name="tail"/> lines; with <paramref name="follow"/> then the new ones, until the instance is gone. Nothing when the agent does not know it.</summary>
    /// <exception cref="NodeAwayException">The agent cannot be asked, or broke off.</exception>
    public async IAsyncEnumerable<InstanceLogLine> ReadAsync(NodeRow node, string instanceId, int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await GuardedAsync(node, AskAsync(node, instanceId, tail, follow, cancellationToken), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound) yield break;
        if (!response.IsSuccessStatusCode) throw new NodeAwayException(node, $"it answered {(int)response.StatusCode}");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await GuardedAsync(node, reader.ReadLineAsync(cancellationToken).AsTask(), cancellationToken) is { } text)
            yield return Parse(node, text);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> AskAsync(NodeRow node, string instanceId, int tail, bool follow, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{node.Url.TrimEnd('/')}/agent/apps/{Uri.EscapeDataString(instanceId)}/logs?tail={tail}&follow={(follow ? "true" : "false")}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AgentTicket.Issue(Convert.FromBase64String(node.NodeKey), instanceId, time.GetUtcNow() + TicketLife));
        using var late = new CancellationTokenSource(AnswerWithin, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
    }

    private static async Task<T> GuardedAsync<T>(NodeRow node, Task<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new NodeAwayException(node, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NodeAwayException(node, "it did not answer in time");
        }
    }

    private static InstanceLogLine Parse(NodeRow node, string text)
    {
        try
        {
            return JsonSerializer.Deserialize<InstanceLogLine>(text, BoreasJson.Options) ?? throw new NodeAwayException(node, "it sent an empty line");
        }
        catch (JsonException)
        {
            throw new NodeAwayException(node, "it sent what is no line of a log");
        }
    }
}

/// <summary>An agent could not be asked.</summary>
internal sealed class NodeAwayException(NodeRow node, string why) : Exception($"Node {node.Name} cannot be asked: {why}");

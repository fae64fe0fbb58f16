using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;

namespace Boreas.Bench.Tasks;

/// <summary>A runner with nothing to do but to ask and to report, over the same calls as the real one.</summary>
internal sealed class HttpRunner(HttpClient http, string name)
{
    public static HttpClient Client(Uri server, string token)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async Task<ClaimedJob?> ClaimAsync(int waitSeconds, CancellationToken cancellationToken = default)
    {
        using var answer = await http.PostAsJsonAsync("/deploy/jobs/claim", Ask(waitSeconds), BoreasJson.Options, cancellationToken);
        return await ReadAsync(answer);
    }

    /// <summary>Reports a job as done; gives the next one when one is ready.</summary>
    public async Task<ClaimedJob?> ReportAsync(ClaimedJob job)
    {
        using var answer = await http.PostAsJsonAsync($"/deploy/jobs/{job.JobId}/report", new ReportRequest(job.Lease, job.Epoch, JobOutcome.Succeeded, Next: Ask(0)), BoreasJson.Options);
        return await ReadAsync(answer);
    }

    /// <summary>Works until there is nothing to do.</summary>
    /// <returns>How many jobs it did.</returns>
    public async Task<int> WorkAsync(int waitSeconds, Action? ended = null)
    {
        var done = 0;
        for (var job = await ClaimAsync(waitSeconds); job is not null; done++)
        {
            job = await ReportAsync(job);
            ended?.Invoke();
        }

        return done;
    }

    private ClaimRequest Ask(int waitSeconds) => new(name, ["linux"], waitSeconds);

    private static async Task<ClaimedJob?> ReadAsync(HttpResponseMessage answer)
    {
        if (answer.StatusCode == HttpStatusCode.NoContent) return null;
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<ClaimedJob>(BoreasJson.Options);
    }
}

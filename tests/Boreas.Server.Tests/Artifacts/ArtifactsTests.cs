using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Boreas.Contracts.Access;
using Boreas.Contracts.Jobs;
using Boreas.Server.Artifacts;
using Microsoft.Extensions.DependencyInjection;

namespace Boreas.Server.Tests.Artifacts;

public class ArtifactsTests
{
    private static readonly byte[] Bytes = Encoding.UTF8.GetBytes("as if this were a gzipped tar");
    private static readonly string Digest = Convert.ToHexStringLower(SHA256.HashData(Bytes));

    [Theory, Databases]
    public async Task AnUploadIsKeptOnceAndGivenBack(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var runner = await api.MachineAsync(TokenKind.Runner);
        var job = await api.ClaimedJobAsync(runner);
        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(runner, job, Digest, Bytes));
        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(runner, job, Digest, Bytes));

        using var answer = await runner.RawAsync(HttpMethod.Get, "/artifacts/" + Digest);
        Assert.Equal(Bytes, await answer.Content.ReadAsByteArrayAsync());
        using var head = await runner.RawAsync(HttpMethod.Head, "/artifacts/" + Digest);
        Assert.Equal((HttpStatusCode.OK, Bytes.Length), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal([Digest + ".tar.gz"], Kept(api));
    }

    [Fact]
    public async Task BytesWithAnotherDigestAreNotKept()
    {
        await using var api = await ApiServer.StartAsync();
        var runner = await api.MachineAsync(TokenKind.Runner);
        var job = await api.ClaimedJobAsync(runner);

        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(runner, job, new string('a', 64), Bytes));
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(runner, job, "..%2f..%2fkeys", Bytes));
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(runner, job, Digest.ToUpperInvariant(), Bytes));

        Assert.Empty(Kept(api));
    }

    [Fact]
    public async Task ManyUploadsOfTheSameBytesAtOnceAreOne()
    {
        await using var api = await ApiServer.StartAsync();
        var runner = await api.MachineAsync(TokenKind.Runner);
        var job = await api.ClaimedJobAsync(runner);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PutAsync(runner, job, Digest, Bytes)));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.NoContent, a));
        Assert.Equal([Digest + ".tar.gz"], Kept(api));
    }

    [Fact]
    public async Task ATicketOpensOneArtifactUntilItExpires()
    {
        var time = new MovableTime();
        await using var api = await ApiServer.StartAsync(time: time);
        var runner = await api.MachineAsync(TokenKind.Runner);
        await PutAsync(runner, await api.ClaimedJobAsync(runner), Digest, Bytes);
        var tickets = api.Services.GetRequiredService<ArtifactTickets>();
        var agent = api.As(tickets.Issue(Digest, TimeSpan.FromMinutes(10)));
        var other = api.As(tickets.Issue(new string('a', 64), TimeSpan.FromMinutes(10)));

        using var right = await agent.RawAsync(HttpMethod.Get, "/artifacts/" + Digest);
        Assert.Equal(Bytes, await right.Content.ReadAsByteArrayAsync());
        await other.GetAsync("/artifacts/" + Digest, HttpStatusCode.Unauthorized);
        await agent.GetAsync("/api/v1/me", HttpStatusCode.Unauthorized);
        await api.As("brs_artifact_forged").GetAsync("/artifacts/" + Digest, HttpStatusCode.Unauthorized);
        await api.Admin.GetAsync("/artifacts/" + Digest, HttpStatusCode.Forbidden);

        time.Advance(TimeSpan.FromMinutes(11));
        await agent.GetAsync("/artifacts/" + Digest, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task OnlyTheRunnerThatHoldsTheJobUploads()
    {
        await using var api = await ApiServer.StartAsync();
        var runner = await api.MachineAsync(TokenKind.Runner);
        var job = await api.ClaimedJobAsync(runner);

        Assert.Equal(HttpStatusCode.Conflict, await PutAsync(runner, job with { Lease = "another" }, Digest, Bytes));
        Assert.Equal(HttpStatusCode.Conflict, await PutAsync(runner, job with { Epoch = job.Epoch + 1 }, Digest, Bytes));
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync(runner, job with { JobId = "no-such-job" }, Digest, Bytes));
        Assert.Empty(Kept(api));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(api.Admin, job, Digest, Bytes));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(await api.MachineAsync(TokenKind.Agent), job, Digest, Bytes));
        Assert.Equal(HttpStatusCode.Unauthorized, await PutAsync(api.As(null), job, Digest, Bytes));
    }

    [Fact]
    public async Task AnArtifactMayBeLargerThanOtherBodies()
    {
        await using var api = await ApiServer.StartAsync(with: o => o with { MaxBodyBytes = 10_000 });
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        var runner = await api.MachineAsync(TokenKind.Runner);

        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(runner, await api.ClaimedJobAsync(runner), Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes));
    }

    [Fact]
    public async Task WhatNobodyUsesIsDeletedOnceItIsOld()
    {
        var time = new MovableTime();
        await using var api = await ApiServer.StartAsync(time: time);
        var runner = await api.MachineAsync(TokenKind.Runner);
        var job = await api.ClaimedJobAsync(runner);
        await PutAsync(runner, job, Digest, Bytes);
        var other = Encoding.UTF8.GetBytes("another");
        await PutAsync(runner, job, Convert.ToHexStringLower(SHA256.HashData(other)), other);
        var store = api.Services.GetRequiredService<ArtifactStore>();
        Assert.Equal(0, store.DeleteUnused(new HashSet<string>()));

        time.Advance(TimeSpan.FromHours(25));

        Assert.Equal(1, store.DeleteUnused(new HashSet<string> { Digest }));
        Assert.Equal([Digest + ".tar.gz"], Kept(api));
    }

    [Fact]
    public async Task WhatIsUploadedAgainIsAsGoodAsNew()
    {
        var time = new MovableTime();
        await using var api = await ApiServer.StartAsync(time: time);
        var store = api.Services.GetRequiredService<ArtifactStore>();
        await store.SaveAsync(Digest, new MemoryStream(Bytes), CancellationToken.None);
        time.Advance(TimeSpan.FromHours(25));
        await store.SaveAsync(Digest, new MemoryStream(Bytes), CancellationToken.None);

        Assert.Equal(0, store.DeleteUnused(new HashSet<string>()));
    }

    private static async Task<HttpStatusCode> PutAsync(Api caller, ClaimedJob job, string digest, byte[] bytes)
    {
        using var answer = await caller.RawAsync(HttpMethod.Put, $"/deploy/jobs/{job.JobId}/artifacts/{digest}", new ByteArrayContent(bytes),
            ("X-Boreas-Lease", job.Lease), ("X-Boreas-Epoch", job.Epoch.ToString(CultureInfo.InvariantCulture)));
        return answer.StatusCode;
    }

    private static IEnumerable<string?> Kept(ApiServer api) =>
        Directory.Exists(Path.Combine(api.Folder, "artifacts")) ? Directory.EnumerateFiles(Path.Combine(api.Folder, "artifacts"), "*", SearchOption.AllDirectories).Select(Path.GetFileName) : [];
}

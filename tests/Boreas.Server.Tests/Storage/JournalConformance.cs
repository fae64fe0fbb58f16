using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Boreas.Testing;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Boreas.Server.Tests.Storage;

public sealed class SqliteJournalTests : JournalConformance
{
    protected override string Dialect => "sqlite";
}

public sealed class PostgresJournalTests : JournalConformance
{
    protected override string Dialect => "postgres";
}

/// <summary>What every database behind the journal has to hold. On PostgreSQL it is skipped, loudly, where there is none.</summary>
public abstract class JournalConformance : IAsyncLifetime
{
    private static readonly IReadOnlySet<string> AnyLabels = new HashSet<string> { "linux" };
    private TestDatabase _target = null!;
    private Database _database = null!;
    private Journal _journal = null!;

    protected abstract string Dialect { get; }

    public async Task InitializeAsync()
    {
        if (!IsAvailable) return;
        _target = await TestDatabase.CreateAsync(Dialect);
        (_database, _journal) = Open();
    }

    public async Task DisposeAsync()
    {
        if (!IsAvailable) return;
        await CloseAsync(_database, _journal);
        await _target.DisposeAsync();
    }

    [JournalFact]
    public async Task AnAnsweredRunIsThereAfterARestart()
    {
        var run = await CreateAsync("r1", Task("a"), Task("b", "a"));
        await ReopenAsync();
        Assert.Equal(["a", "b"], await _journal.InspectAsync(find => find(run)!.Tasks.Select(t => t.Spec.Id).ToArray()));
    }

    [JournalFact]
    public async Task ATaskIsOfferedWhenItsDependencyHasSucceeded()
    {
        await CreateAsync("r1", Task("a"), Task("b", "a"));
        var a = await ClaimAsync();
        Assert.Equal("a", a!.TaskId);
        Assert.Null(await ClaimAsync());
        await ReportAsync(a);
        Assert.Equal("b", (await ClaimAsync())!.TaskId);
    }

    [JournalFact]
    public async Task AWaitingRunnerIsWokenByWorkThatAppears()
    {
        var waiting = _journal.ClaimAsync("runner", AnyLabels, TimeSpan.FromSeconds(20), default);
        await CreateAsync("r1", Task("a"));
        Assert.Equal("a", (await waiting)!.TaskId);
    }

    [JournalFact]
    public async Task ARunnerThatDoesNotWaitStillGetsWhatIsThere()
    {
        Assert.Null(await _journal.ClaimAsync("runner", AnyLabels, TimeSpan.Zero, default));
        await CreateAsync("r1", Task("a"));
        Assert.Equal("a", (await _journal.ClaimAsync("runner", AnyLabels, TimeSpan.Zero, default))!.TaskId);
    }

    [JournalFact]
    public async Task OneTaskIsGivenToOneRunnerOnly()
    {
        await CreateAsync("r1", [.. Enumerable.Range(0, 50).Select(i => Task($"t{i}"))]);
        var claims = await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 80).Select(i => _journal.ClaimAsync($"runner{i}", AnyLabels, TimeSpan.FromSeconds(1), default)));
        Assert.Equal(50, claims.OfType<Boreas.Server.Jobs.Claim>().Select(c => c.TaskId).Distinct().Count());
        Assert.Equal(50, claims.Count(c => c is not null));
    }

    [JournalFact]
    public async Task AStaleReportChangesNothing()
    {
        await CreateAsync("r1", Task("a"));
        var claim = (await ClaimAsync())!;
        var refusal = await _journal.WriteAsync(t => t.Handle("r1", new ReportTask("a", claim.Epoch + 1, null, null)));
        Assert.Equal(Refusal.StaleLease, refusal!.Code);
        Assert.Equal(RunTaskStatus.Running, await StatusAsync("r1", "a"));
    }

    [JournalFact]
    public async Task TheSameReportTwiceAnswersTheSame()
    {
        await CreateAsync("r1", Task("a"), Task("b", "a"));
        var claim = (await ClaimAsync())!;
        await ReportAsync(claim);
        var before = _journal.Tail.Sequence;
        await ReportAsync(claim);
        Assert.Equal(before, _journal.Tail.Sequence);
    }

    [JournalFact]
    public async Task ALostRunnersTaskIsOfferedAgain()
    {
        await CreateAsync("r1", Task("a"));
        var lost = (await ClaimAsync())!;
        var again = await _journal.ClaimAsync("other", AnyLabels, TimeSpan.FromSeconds(20), default);
        Assert.Equal(lost.Epoch + 1, again!.Epoch);
        var refusal = await _journal.WriteAsync(t => t.Handle("r1", new ReportTask("a", lost.Epoch, null, null)));
        Assert.Equal(Refusal.StaleLease, refusal!.Code);
    }

    [JournalFact]
    public async Task SequenceNumbersHaveNoGaps()
    {
        for (var i = 0; i < 5; i++) await CreateAsync($"r{i}", Task("a"));
        await Assert.ThrowsAsync<RequestRefusedException>(() => _journal.WriteAsync<int>(_ => throw RequestRefusedException.NotFound("thing", "x")));
        while (await ClaimAsync() is { } claim) await ReportAsync(claim);
        var sequences = (await _journal.Tail.ReadAsync(0, TimeSpan.Zero, default)).Select(e => e.Sequence).ToList();
        Assert.Equal(Enumerable.Range(1, sequences.Count).Select(i => (long)i), sequences);
    }

    [JournalFact]
    public async Task ABadCommandFailsAloneInItsBatch()
    {
        var good = Enumerable.Range(0, 20).Select(i => CreateAsync($"good{i}", Task("a")));
        var bad = _journal.WriteAsync(t =>
        {
            t.Execute("insert into app_locks (app_id, environment_id, run_id) values ('x', 'y', 'z')");
            throw new InvalidOperationException("after a write");
        });
        var more = Enumerable.Range(20, 20).Select(i => CreateAsync($"good{i}", Task("a"))).ToList();
        await System.Threading.Tasks.Task.WhenAll(good.Concat(more));
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        Assert.Equal(0, await _journal.WriteAsync(t => t.QueryFirstOrDefault<int>("select count(*) from app_locks")));
        Assert.Equal(40, await _journal.WriteAsync(t => t.QueryFirstOrDefault<int>("select count(*) from runs")));
    }

    [JournalFact]
    public async Task AClaimIsNotLostWhenTheBatchIsUndone()
    {
        await CreateAsync("r1", Task("a"));
        var bad = _journal.WriteAsync<int>(t =>
        {
            t.Execute("insert into app_locks (app_id, environment_id, run_id) values ('x', 'y', 'z')");
            throw new InvalidOperationException("after a write");
        });
        var claim = await _journal.ClaimAsync("runner", AnyLabels, TimeSpan.FromSeconds(5), default) ?? await _journal.ClaimAsync("runner", AnyLabels, TimeSpan.FromSeconds(5), default);
        Assert.Equal("a", claim!.TaskId);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
    }

    [JournalFact]
    public async Task LocksGoWithTheRunThatHeldThem()
    {
        await CreateAsync("r1", Task("a"));
        await _journal.WriteAsync(t => t.Execute("insert into app_locks (app_id, environment_id, run_id) values ('app', 'env', 'r1')"));
        await ReportAsync((await ClaimAsync())!);
        Assert.Equal(0, await _journal.WriteAsync(t => t.QueryFirstOrDefault<int>("select count(*) from app_locks")));
    }

    [JournalFact]
    public async Task WhoWaitsForAnAppIsLetInAfterARestartToo()
    {
        await HoldAsync("r1");
        await WaitAsync("r2");
        await WaitAsync("r3");
        await ReopenAsync();
        await ReportAsync((await ClaimAsync())!);
        Assert.Equal([RunStatus.Running, RunStatus.Pending], await _journal.InspectAsync(find => new[] { find("r2")!.Status, find("r3")!.Status }));
        Assert.Equal("r2", await _journal.WriteAsync(t => t.QueryFirstOrDefault<string>("select run_id from app_locks")));
    }

    [JournalFact]
    public async Task TheControlPlaneThatEndsADeploymentStartsTheNext()
    {
        if (Dialect != "postgres") return;
        var (otherDatabase, other) = Open();
        try
        {
            await HoldAsync("r1");
            await WaitAsync("r2");
            Assert.Null(await other.WriteAsync(t => t.Handle("r1", new CancelRun("test"))));
            Assert.Equal(RunStatus.Running, await _journal.WriteAsync(t => t.Find("r2")!.Status));
        }
        finally
        {
            await CloseAsync(otherDatabase, other);
        }
    }

    [JournalFact]
    public async Task ReadModelsShowWhatTheEngineDecided()
    {
        await CreateAsync("r1", Task("a"), Task("b", "a"));
        await ReportAsync((await ClaimAsync())!);
        await ReportAsync((await ClaimAsync())!);
        var (status, progress, active) = await _journal.WriteAsync(t => t.QueryFirstOrDefault<(int, int, bool)>("select status, progress, active from runs where id = 'r1'"));
        Assert.Equal(((int)RunStatus.Success, 100, false), (status, progress, active));
    }

    [JournalFact]
    public async Task AnEditedGraphIsInTheRowsAndOutlivesARestart()
    {
        await CreateAsync("r1", Task("a"), Task("b", "a") with { RequireConfirm = true }, Task("c", "b"));
        await ReportAsync((await ClaimAsync())!);
        var created = await _journal.WriteAsync(t => t.QueryFirstOrDefault<long>("select created_at from tasks where run_id = 'r1' and id = 'a'"));
        await EditAsync("r1", Task("new", "a"), Task("a"), Task("c", "new"));

        var rows = await _journal.WriteAsync(t => t.Query<(int, string, string, int, string?)>("select position, id, block_by, status, result from tasks where run_id = 'r1' order by position").ToList());
        Assert.Equal([(0, "new", "a", (int)RunTaskStatus.Pending, null), (1, "a", "", (int)RunTaskStatus.Success, "{}"), (2, "c", "new", (int)RunTaskStatus.Blocked, null)], rows);
        Assert.Equal(created, await _journal.WriteAsync(t => t.QueryFirstOrDefault<long>("select created_at from tasks where run_id = 'r1' and id = 'a'")));
        Assert.Equal(2, await _journal.WriteAsync(t => t.QueryFirstOrDefault<int>("select graph_version from runs where id = 'r1'")));
        await ReopenAsync();
        await ReportAsync((await ClaimAsync())!);
        Assert.Equal("c", (await ClaimAsync())!.TaskId);
    }

    [JournalFact]
    public async Task ARunMayBeCreatedAndEditedTwiceInOneTransaction()
    {
        await _journal.WriteAsync(t =>
        {
            t.Create(new RunCreated(t.Now, new RunHeader("r1", "test"), [Task("a"), Task("b", "a"), Task("c", "b")]), "default", out _);
            Assert.Null(t.Handle("r1", new EditGraph([Task("c"), Task("d", "c")], "eve")));
            Assert.Null(t.Handle("r1", new EditGraph([Task("e"), Task("d", "e")], "eve")));
            Assert.Null(t.Handle("r1", new StartRun("test")));
        });

        Assert.Equal(["e", "d"], await _journal.WriteAsync(t => t.Query<string>("select id from tasks where run_id = 'r1' order by position").ToList()));
        Assert.Equal("e", (await ClaimAsync())!.TaskId);
    }

    [JournalFact]
    public async Task AnEditOfOneControlPlaneIsSeenByTheOther()
    {
        if (Dialect != "postgres") return;
        var (otherDatabase, other) = Open();
        try
        {
            await CreateAsync("r1", Task("a"), Task("b", "a") with { RequireConfirm = true }, Task("c", "b"));
            Assert.Equal("a", await other.WriteAsync(t => t.Find("r1")!.Tasks[0].Spec.Id));
            await ReportAsync((await ClaimAsync())!);
            await EditAsync("r1", Task("a"), Task("new", "a"));
            var claim = await other.ClaimAsync("other", AnyLabels, TimeSpan.FromSeconds(10), default);
            Assert.Equal("new", claim!.TaskId);
            await other.WriteAsync(t => t.Handle("r1", new ReportTask("new", claim.Epoch, "{}", null)));
            Assert.Equal((int)RunStatus.Success, await _journal.WriteAsync(t => t.QueryFirstOrDefault<int>("select status from runs where id = 'r1'")));
        }
        finally
        {
            await CloseAsync(otherDatabase, other);
        }
    }

    [JournalFact]
    public async Task ARunThatCannotBeReadIsSetAsideAndTheOthersGoOn()
    {
        await CreateAsync("bad", Task("a"));
        await CreateAsync("good", Task("b"));
        await _journal.WriteAsync(t => t.Execute("update events set data = '{' where stream = 'bad' and version = 1"));
        await ReopenAsync();
        Assert.Equal("b", (await ClaimAsync())!.TaskId);
        Assert.NotNull(await _journal.WriteAsync(t => t.QueryFirstOrDefault<string>("select broken from runs where id = 'bad'")));
    }

    [JournalFact]
    public async Task TwoControlPlanesOnOneDatabaseNeverGiveATaskTwice()
    {
        if (Dialect != "postgres") return;
        var (otherDatabase, other) = Open();
        try
        {
            await CreateAsync("r1", [.. Enumerable.Range(0, 60).Select(i => Task($"t{i}"))]);
            var claims = await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? _journal : other).ClaimAsync($"r{i}", AnyLabels, TimeSpan.FromSeconds(10), default)));
            Assert.Equal(60, claims.Select(c => c!.TaskId).Distinct().Count());
            await System.Threading.Tasks.Task.WhenAll(claims.Select((c, i) => (i % 3 == 0 ? _journal : other).WriteAsync(t => t.Handle("r1", new ReportTask(c!.TaskId, c.Epoch, null, null)))));
            Assert.Equal((int)RunStatus.Success, await _journal.WriteAsync(t => t.QueryFirstOrDefault<int>("select status from runs where id = 'r1'")));
        }
        finally
        {
            await CloseAsync(otherDatabase, other);
        }
    }

    [JournalFact]
    public async Task TwoBusyControlPlanesBothGetTheirTurn()
    {
        if (Dialect != "postgres") return;
        var (otherDatabase, other) = Open();
        try
        {
            await _journal.WriteAsync(t => t.Execute("create table counted (who int, n int)"));
            using var enough = new CancellationTokenSource();
            var busy = Enumerable.Range(0, 8).Select(async i =>
            {
                while (!enough.IsCancellationRequested) await _journal.WriteAsync(t => t.Execute("insert into counted values (1, @i)", new { i }));
            }).ToList();
            for (var i = 0; i < 50; i++) await other.WriteAsync(t => t.Execute("insert into counted values (2, @i)", new { i }));
            Assert.DoesNotContain(busy, b => b.IsFaulted);
            await enough.CancelAsync();
            await System.Threading.Tasks.Task.WhenAll(busy);
            Assert.Equal(50, await _journal.WriteAsync(t => t.QueryFirstOrDefault<int>("select count(*)::int from counted where who = 2")));
        }
        finally
        {
            await CloseAsync(otherDatabase, other);
        }
    }

    [JournalFact]
    public async Task ACommitStandsWhenTheNextTransactionCannotBegin()
    {
        if (Dialect != "postgres") return;
        await using var database = Database.Create(_target.Target);
        await using (var writer = database.OpenWriter())
        {
            database.BeginWrite(writer, TimeProvider.System);
            writer.Execute("create table kept (n int)");
            writer.Execute("alter table journal_head rename to elsewhere");
            Assert.Null(database.CommitAndBegin(writer, new JournalBatch(), TimeProvider.System));
            Assert.Equal(0, writer.QuerySingle<int>("select count(*)::int from kept"));
            writer.Execute("alter table elsewhere rename to journal_head");
        }
    }

    [JournalFact]
    public async Task ACommitDoesNotWaitForAnotherControlPlane()
    {
        if (Dialect != "postgres") return;
        await using var database = Database.Create(_target.Target);
        await using var writer = database.OpenWriter();
        var head = database.BeginWrite(writer, TimeProvider.System);
        Assert.Equal(head.Sequence, database.CommitAndBegin(writer, new JournalBatch(), TimeProvider.System)!.Value.Sequence);
        var other = _journal.WriteAsync(t => t.Now);
        await using (var look = database.Open())
        {
            while (look.QuerySingle<int>("select count(*)::int from pg_locks where not granted") == 0) await System.Threading.Tasks.Task.Delay(10);
        }

        database.Commit(writer, new JournalBatch());
        Assert.True(await other > head.Now);
        await using var holder = database.OpenWriter();
        database.BeginWrite(holder, TimeProvider.System);
        writer.Execute("begin transaction");
        Assert.Null(database.CommitAndBegin(writer, new JournalBatch(), TimeProvider.System));
    }

    private bool IsAvailable => Dialect == "sqlite" || TestDatabase.Postgres is not null;

    private static TaskSpec Task(string id, params string[] blockBy) => new(id, null, id, RunTaskType.Custom, "nothing", blockBy);

    private async Task<string> CreateAsync(string id, params TaskSpec[] tasks)
    {
        await _journal.WriteAsync(t =>
        {
            Assert.NotNull(t.Create(new RunCreated(t.Now, new RunHeader(id, "test"), tasks), "default", out _));
            t.Handle(id, new StartRun("test"));
        });
        return id;
    }

    private async Task HoldAsync(string run)
    {
        await CreateAsync(run, Task("a"));
        await _journal.WriteAsync(t => t.Execute("insert into app_locks (app_id, environment_id, run_id) values ('app', 'env', @run)", new { run }));
    }

    private Task WaitAsync(string run) => _journal.WriteAsync(t =>
    {
        Assert.NotNull(t.Create(new RunCreated(t.Now, new RunHeader(run, "test"), [Task("a")]), "default", out _));
        t.Execute("insert into app_queue (run_id, app_id, environment_id, ticket, start_by) values (@run, 'app', 'env', (select coalesce(max(ticket), 0) + 1 from app_queue), 'test')", new { run });
    });

    private Task<Boreas.Server.Jobs.Claim?> ClaimAsync() => _journal.ClaimAsync("runner", AnyLabels, TimeSpan.FromMilliseconds(200), default);

    private async Task ReportAsync(Boreas.Server.Jobs.Claim claim) =>
        Assert.Null(await _journal.WriteAsync(t => t.Handle(claim.RunId, new ReportTask(claim.TaskId, claim.Epoch, "{}", null))));

    private async Task EditAsync(string run, params TaskSpec[] tasks) => Assert.Null(await _journal.WriteAsync(t => t.Handle(run, new EditGraph(tasks, "eve"))));

    private Task<RunTaskStatus> StatusAsync(string run, string task) => _journal.InspectAsync(find => find(run)!.TryFind(task)!.Status);

    private (Database, Journal) Open()
    {
        var database = Database.Create(_target.Target);
        var journal = new Journal(database, TimeProvider.System, new JournalOptions(LeaseSeconds: 2), NullLogger<Journal>.Instance);
        journal.Start();
        return (database, journal);
    }

    private async Task ReopenAsync()
    {
        await CloseAsync(_database, _journal);
        (_database, _journal) = Open();
    }

    private static async Task CloseAsync(Database database, Journal journal)
    {
        await journal.DisposeAsync();
        await database.DisposeAsync();
    }
}

using Boreas.Contracts.Agents;
using Boreas.Contracts.Gateways;
using Boreas.Server;
using Boreas.Server.Artifacts;
using Boreas.Server.Deployments;
using Boreas.Server.Jobs;
using Boreas.Server.Nodes;
using Boreas.Server.Problems;
using Boreas.Server.Pushes;
using Boreas.Server.Routes;
using Boreas.Server.Secrets;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Boreas.Simulation.World;

/// <summary>
/// One control plane after the other on the same database: each lives until it is made to crash, and takes with it
/// whatever it had not committed and whomever it had not answered.
/// </summary>
internal sealed class ControlPlane(Func<FaultyDatabase> connect, ManualTime time, Api api, Dice dice, Pump pump, int maxBatch, bool answersEarly)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly ServerOptions Server = new() { DataDirectory = "", LeaseSeconds = Api.LeaseSeconds };
    private static readonly EphemeralDataProtectionProvider Keys = new();

    private readonly JournalOptions _options = new(Api.LeaseSeconds, maxBatch, Chance: dice.Below);
    private readonly List<Pending> _pending = [];
    private FaultyDatabase? _database;
    private Journal? _journal;
    private JobComposer? _composer;
    private NodeRegistry? _nodes;
    private GatewayRegistry? _gateways;
    private RouteTables? _routes;
    private NodeWatch? _watch;
    private Task _look = Task.CompletedTask;
    private TimeSpan _looked;

    public bool IsUp => _journal is not null;

    public EventTail? Tail => _journal?.Tail;

    /// <summary>Starts a control plane; false when <paramref name="fault"/> struck it while it was starting.</summary>
    public bool TryStart(Fault fault)
    {
        _database = connect();
        _database.Next = fault;
        var journal = new Journal(_database, time, _options, NullLogger<Journal>.Instance);
        try
        {
            journal.Prepare();
        }
        catch (FaultException)
        {
            Crash();
            return false;
        }

        _database.Next = Fault.None;
        _journal = journal;
        _composer = new JobComposer(journal, _database, new SecretStore(_database, new SecretBox(Keys)), new ArtifactTickets(Keys, time), new RepositoryTickets(Keys), Server, NullLogger<JobComposer>.Instance);
        _gateways = new GatewayRegistry(_database, time);
        _nodes = new NodeRegistry(_database, journal, _gateways, time);
        _routes = new RouteTables(_database, journal, time);
        _watch = new NodeWatch(_database, journal, time, NullLogger<NodeWatch>.Instance);
        return true;
    }

    public void Crash()
    {
        _database?.Die();
        _routes?.Dispose();
        _watch?.Dispose();
        (_database, _journal, _routes, _watch, _look) = (null, null, null, null, Task.CompletedTask);
        _pending.Clear();
        pump.Forget();
    }

    /// <summary>A node says what runs on it; answered by this step or a later one, or never.</summary>
    public Task<NodeInstructions> HeardAsync(NodeHeartbeat beat) => _nodes!.HeardAsync(beat, CancellationToken.None);

    /// <summary>The routes when they are others than those of <paramref name="known"/>.</summary>
    public RouteTable? Poll(long known) => _routes!.NewerAsync(known, TimeSpan.Zero, CancellationToken.None).GetAwaiter().GetResult();

    public void Reported(GatewayStatus status) => _gateways!.ReportedAsync(status, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>An administrator drains a node, or takes it in again.</summary>
    public void Drain(string node, bool drain) => _journal?.WriteAsync(transaction => { transaction.Execute("update nodes set cordoned = @drain, draining = @drain where name = @node", new { node, drain }); });

    /// <summary>Looks after instances on nodes that are drained or lost, when it is time to.</summary>
    public void Look()
    {
        if (!IsUp || !_look.IsCompleted || time.Elapsed - _looked < LookEvery) return;
        _looked = time.Elapsed;
        _look = _watch!.RunOnceAsync(CancellationToken.None);
    }

    /// <summary>A request arrives; it is answered by a later step, or never.</summary>
    public void Receive(Request request, string[] labels)
    {
        var journal = _journal!;
        switch (request)
        {
            case Create r: Await(r, Write(r, t => (object?)api.Create(t, r))); break;
            case Act r: Await(r, Write(r, t => (object?)api.Act(t, r))); break;
            case SetFreezes r: Await(r, Write(r, t => Nothing(() => api.SetFreezes(t, r)))); break;
            case Beat r: Await(r, Write(r, t => (object?)api.Beat(t, r))); break;
            case Effect r: Await(r, Write(r, t => Nothing(() => api.Effect(t, r)))); break;
            case Report { Next: false } r: Await(r, Write(r, t => Nothing(() => api.Report(t, r)))); break;
            case Report r: Await(r, NextAsync(journal.WriteAndClaimAsync(t => Nothing(() => api.Report(t, r)), r.From, labels.ToHashSet(StringComparer.Ordinal)))); break;
            case Switch r: Await(r, Write(r, t => (object?)api.Switch(t, r))); break;
            case AskRoutes r: Await(r, StatusAsync(r)); break;
            case Ask r:
                var waiter = journal.Ask(r.From, labels.ToHashSet(StringComparer.Ordinal));
                _pending.Add(new Pending(r, GiveAsync(waiter.Answer), waiter, time.Elapsed + LongestWait));
                break;
        }
    }

    private async Task<object?> NextAsync(Task<(object? Result, Claim? Next)> reporting) => await GiveAsync(Task.FromResult((await reporting).Next));

    /// <summary>What a runner is answered who was given a job.</summary>
    private async Task<object?> GiveAsync(Task<Claim?> claiming)
    {
        if (await claiming is not { } claim) return null;
        if (claim.Executor == Plans.Simulated) return new Given(claim, default);
        return await _composer!.TryComposeAsync(claim, CancellationToken.None) is { } job ? new Given(claim, job.Work) : null;
    }

    private async Task<object?> StatusAsync(AskRoutes r) => await _gateways!.StatusAsync(r.Version, TimeSpan.Zero, CancellationToken.None);

    /// <summary>Runs one batch, or several that follow each other at once, and gives what became answered by it; null when the process died in it.</summary>
    public List<Answer>? Step(Fault fault)
    {
        _database!.Next = fault;
        do _journal!.RunOnce();
        while (_journal.HasBegun && !_database.IsDead);
        if (_database.IsDead) return null;
        _database.Next = Fault.None;
        foreach (var pending in _pending)
        {
            if (pending.Waiter is { } waiter && time.Elapsed >= pending.Until && waiter.TryDecide()) waiter.Complete(null);
        }

        pump.Drain();
        var answers = new List<Answer>();
        foreach (var pending in _pending.Where(p => p.Task.IsCompleted).ToList())
        {
            _pending.Remove(pending);
            answers.Add(AnswerOf(pending));
        }

        return answers;
    }

    private Task<object?> Write(Request request, Func<JournalTransaction, object?> act) => _journal!.WriteAsync(transaction =>
    {
        var value = act(transaction);
        if (answersEarly) EarlyAnswer?.Invoke(new Answer(request, Said.Done, value));
        return value;
    });

    /// <summary>Only a mutant speaks before its time.</summary>
    public event Action<Answer>? EarlyAnswer;

    private static object? Nothing(Action act)
    {
        act();
        return null;
    }

    private void Await(Request request, Task<object?> task) => _pending.Add(new Pending(request, task, null, default));

    private static Answer AnswerOf(Pending pending)
    {
        try
        {
            return new Answer(pending.Request, Said.Done, pending.Task.GetAwaiter().GetResult());
        }
        catch (RequestRefusedException e)
        {
            return new Answer(pending.Request, Said.Refused, Code: e.Code);
        }
        catch (JournalUnavailableException e)
        {
            return new Answer(pending.Request, Said.Unavailable, Code: e.InDoubt ? "in_doubt" : "not_done");
        }
    }

    private sealed record Pending(Request Request, Task<object?> Task, ClaimWaiter? Waiter, TimeSpan Until);
}

using Boreas.Server.Jobs;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Boreas.Simulation.World;

/// <summary>
/// One control plane after the other on the same database: each lives until it is made to crash, and takes with it
/// whatever it had not committed and whomever it had not answered.
/// </summary>
internal sealed class ControlPlane(Func<FaultyDatabase> connect, ManualTime time, Api api, int maxBatch, bool answersEarly)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    private readonly JournalOptions _options = new(Api.LeaseSeconds, maxBatch);
    private readonly List<Pending> _pending = [];
    private FaultyDatabase? _database;
    private Journal? _journal;

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
        return true;
    }

    public void Crash()
    {
        _database?.Die();
        (_database, _journal) = (null, null);
        _pending.Clear();
    }

    /// <summary>A request arrives; it is answered by a later step, or never.</summary>
    public void Receive(Request request, string[] labels)
    {
        var journal = _journal!;
        switch (request)
        {
            case Create r: Await(r, Write(r, t => (object?)api.Create(t, r))); break;
            case Act r: Await(r, Write(r, t => Nothing(() => api.Act(t, r)))); break;
            case Beat r: Await(r, Write(r, t => (object?)api.Beat(t, r))); break;
            case Effect r: Await(r, Write(r, t => Nothing(() => api.Effect(t, r)))); break;
            case Report { Next: false } r: Await(r, Write(r, t => Nothing(() => api.Report(t, r)))); break;
            case Report r:
                var both = journal.WriteAndClaimAsync(t => Nothing(() => api.Report(t, r)), r.From, labels.ToHashSet(StringComparer.Ordinal));
                _pending.Add(new Pending(r, both, () => both.GetAwaiter().GetResult().Next, null, default));
                break;
            case Ask r:
                var waiter = journal.Ask(r.From, labels.ToHashSet(StringComparer.Ordinal));
                _pending.Add(new Pending(r, waiter.Answer, () => waiter.Answer.GetAwaiter().GetResult(), waiter, time.Elapsed + LongestWait));
                break;
        }
    }

    /// <summary>Runs one batch, or several that follow each other at once, and gives what became answered by it; null when the process died in it.</summary>
    public List<Answer>? Step(Fault fault)
    {
        _database!.Next = fault;
        do _journal!.RunOnce();
        while (_journal.HasBegun && !_database.IsDead);
        if (_database.IsDead) return null;
        _database.Next = Fault.None;
        var answers = new List<Answer>();
        foreach (var pending in _pending.ToList())
        {
            if (pending.Waiter is { } waiter && time.Elapsed >= pending.Until && waiter.TryDecide()) waiter.Complete(null);
            if (!pending.Task.IsCompleted) continue;
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

    private void Await(Request request, Task<object?> task) => _pending.Add(new Pending(request, task, () => task.GetAwaiter().GetResult(), null, default));

    private static Answer AnswerOf(Pending pending)
    {
        try
        {
            return new Answer(pending.Request, Said.Done, pending.Value());
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

    private sealed record Pending(Request Request, Task Task, Func<object?> Value, ClaimWaiter? Waiter, TimeSpan Until);
}

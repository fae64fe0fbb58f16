using Boreas.Simulation.Checking;
using Boreas.Simulation.Mutants;
using Boreas.Simulation.World;
using Dapper;

namespace Boreas.Simulation;

/// <summary>
/// One seed: control plane, runners and people in one thread, in some trials with the nodes and gateways that versions are
/// rolled out to. A scheduler that throws dice decides who takes the next step, which message arrives, and where it breaks;
/// then everything is healed and every run has to end.
/// </summary>
internal sealed class Trial
{
    /// <summary>Trials with nodes, gateways and roll-outs cost ten times as much as others.</summary>
    private const int OneInRollsOut = 6;

    /// <summary>A step of a roll-out takes many messages: so many for one of the others.</summary>
    private const int StepsOfRollOuts = 4;

    /// <summary>Seconds after the end within which everything that was replaced is gone.</summary>
    private const int Settle = 60;

    private static readonly Fault[] Faults = [.. Enum.GetValues<Fault>().Where(f => f != Fault.None)];

    private readonly Arena _arena;
    private readonly Dice _dice;
    private readonly ManualTime _time = new();
    private readonly History _history = new();
    private readonly Network _network;
    private readonly ControlPlane _plane;
    private readonly People _people;
    private readonly List<SimulatedRunner> _runners = [];
    private readonly Pump _pump = new();
    private readonly Fleet? _fleet;
    private readonly TrafficWatch? _watch;
    private readonly bool _peopleStay;
    private bool _faults = true;

    private Trial(ulong seed, Arena arena, Mutant mutant)
    {
        arena.Reset();
        _arena = arena;
        _dice = new Dice(seed);
        _network = new Network(_dice);
        if (_dice.OneIn(OneInRollsOut))
        {
            _fleet = new Fleet(_dice, _time);
            _watch = new TrafficWatch(_fleet, _time, arena.Connection, _history);
        }

        _people = new People(_dice, _time, Send, rollOut: _fleet is not null);
        _peopleStay = _fleet is not null || !_dice.OneIn(4);
        _plane = new ControlPlane(() => mutant.Database?.Invoke(arena.Database, _dice) ?? new FaultyDatabase(arena.Database), _time, mutant.Api ?? new Api(), _dice, _pump, maxBatch: _dice.OneIn(2) ? 2 : 256, mutant.AnswersEarly);
        _plane.EarlyAnswer += Answer;
        var count = _dice.Between(2, 4);
        for (var i = 0; i < count; i++) _runners.Add(new SimulatedRunner($"runner-{i}", i == 1 ? ["linux", "gpu"] : ["linux"], _dice, Send, RollOut($"runner-{i}"), patience: _fleet is null ? 1 : StepsOfRollOuts));
    }

    private List<string> Trace { get; } = [];

    private Func<Given, RolloutJob> RollOut(string runner) => given => new RolloutJob(runner, given, _fleet!, _dice, _time, _faults);

    public static TrialResult Run(ulong seed, Arena arena, Mutant mutant)
    {
        var trial = new Trial(seed, arena, mutant);
        var outside = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(trial._pump);
        try
        {
            trial.Play();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            trial._history.Unexpected.Add($"The control plane stumbles: {e.Message}");
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outside);
        }

        var violations = Checker.Check(trial._history, arena.Connection, trial._fleet);
        return new TrialResult(seed, violations, trial.Trace);
    }

    private void Play()
    {
        Control(Fault.None);
        for (var steps = _fleet is null ? _dice.Between(100, 300) : _dice.Between(150, 400); steps > 0; steps--)
        {
            PassTime();
            for (var i = _fleet is null ? 1 : StepsOfRollOuts; i > 0; i--) TakeStep();
            Serve();
            if (_fleet is not null && _plane.IsUp && _dice.OneIn(30) && _fleet.Disturb(_plane) is { } what) Note(what);
        }

        Heal();
        for (var round = 0; round < 450 && !IsDone(); round++) Round(TimeSpan.FromSeconds(round < 150 ? 1 : 4));
        for (var round = 0; round < Settle && _fleet is not null; round++) Round(TimeSpan.FromSeconds(1));
        Follow();
        _plane.Crash();
    }

    /// <summary>People, and what breaks, are no faster where there are more steps.</summary>
    private bool IsTurn => _fleet is null || _dice.OneIn(StepsOfRollOuts);

    private void PassTime()
    {
        _time.Pass(TimeSpan.FromMilliseconds(_dice.OneIn(15) ? _dice.Between(1000, _fleet is null ? 8000 : 4000) : _dice.Between(0, 500)));
        if (_dice.OneIn(100)) Jump(_dice.OneIn(8) ? 700 : _dice.Between(5, 120));
        else if (_dice.OneIn(100)) Jump(-_dice.Between(1, 10));
    }

    private void Jump(int seconds)
    {
        _time.Jump(TimeSpan.FromSeconds(seconds));
        Note($"the clock jumps by {seconds} s");
    }

    private void TakeStep()
    {
        switch (_dice.Below(100))
        {
            case < 30: foreach (var runner in _runners.Where(_ => !_dice.OneIn(3)).ToList()) runner.Step(faults: true); break;
            case < 40: if (IsTurn) _people.Step(hasGpu: true); break;
            case < 72: for (var i = _dice.Between(1, _fleet is null ? 6 : 14); i > 0; i--) Deliver(); break;
            case < 95: Control(_dice.OneIn(14) && IsTurn ? _dice.Of(Faults) : Fault.None); break;
            case < 96: if (IsTurn) Crash("between two steps"); break;
            case < 98: if (IsTurn) Disturb(_dice.Of(_runners)); break;
            default: Follow(); break;
        }
    }

    /// <summary>The apps have their requests, whatever the others do.</summary>
    private void Serve()
    {
        if (_fleet is null) return;
        _fleet.Step(_plane);
        _plane.Look();
        _watch!.Look();
    }

    private void Disturb(SimulatedRunner runner)
    {
        if (_dice.OneIn(2)) runner.Freeze();
        else runner.Restart();
        Note($"{runner.Name} freezes or forgets");
    }

    /// <summary>The control plane takes a step, or is started.</summary>
    private void Control(Fault fault)
    {
        if (!_plane.IsUp)
        {
            Note(_plane.TryStart(_dice.OneIn(3) ? fault : Fault.None) ? "the control plane is up" : "the control plane dies while it starts");
            Grow();
            return;
        }

        var answers = _plane.Step(fault);
        var head = Grow();
        if (answers is null) Crash(fault.ToString());
        foreach (var answer in answers ?? []) Answer(answer, head);
    }

    private void Crash(string where)
    {
        if (!_plane.IsUp) return;
        _plane.Crash();
        Note($"the control plane crashes: {where}");
    }

    private long Grow()
    {
        var head = _arena.Connection.QuerySingle<long>("select sequence from journal_head");
        _history.Growth.Add((head, _time.GetUtcNow(), _time.Elapsed));
        _watch?.SeeRoutes();
        return head;
    }

    private void Answer(Answer answer) => Answer(answer, long.MaxValue);

    private void Answer(Answer answer, long head)
    {
        if (answer is not { To: Ask, Value: null }) Note(answer.ToString());
        _history.Answers.Add((answer, _time.GetUtcNow(), _time.Elapsed, head));
        _network.Send(answer);
    }

    private void Send(Request request)
    {
        _history.Sent.Add(request);
        _network.Send(request);
    }

    private void Deliver()
    {
        switch (_network.Deliver())
        {
            case Request request when _plane.IsUp:
                if (request is not Ask) Note($"arrives: {request}");
                _plane.Receive(request, _runners.Find(r => r.Name == request.From)?.Labels ?? []);
                break;
            case Answer { To: Create or Act or SetFreezes } answer:
                _people.Receive(answer);
                break;
            case Answer answer:
                _runners.Find(r => r.Name == answer.To.From)!.Receive(answer, _faults);
                break;
        }
    }

    private void Follow()
    {
        if (_plane.Tail is not { } tail) return;
        while (true)
        {
            var read = tail.ReadAsync(_history.Followed.Count, TimeSpan.Zero, CancellationToken.None);
            if (!read.IsCompletedSuccessfully) _history.Unexpected.Add("the tail cannot be followed");
            if (!read.IsCompletedSuccessfully || read.GetAwaiter().GetResult() is not { Count: > 0 } events) return;
            _history.Followed.AddRange(events);
        }
    }

    private void Heal()
    {
        Note("--- healed ---");
        (_faults, _network.Faults, _history.HealthySince) = (false, false, _time.Elapsed);
        _people.Wishes = 0;
        _people.Thaw();
        foreach (var runner in _runners) runner.Thaw();
        if (!_plane.IsUp) Control(Fault.None);
        _fleet?.Heal(_plane);
    }

    /// <summary>Everybody takes a step and every message arrives.</summary>
    private void Round(TimeSpan time)
    {
        _time.Pass(time);
        if (!_plane.IsUp) Control(Fault.None);
        _people.SendAgain();
        if (_peopleStay) Urge();
        Serve();
        foreach (var runner in _runners) runner.Step(faults: false);
        for (var i = 0; i < 3 && (i == 0 || !_network.IsEmpty); i++)
        {
            while (!_network.IsEmpty) Deliver();
            Control(Fault.None);
        }
    }

    private void Urge()
    {
        foreach (var run in _arena.Connection.Query<string>("select id from runs where status = 2").ToList()) _people.Urge(Deed.Confirm, run);
        foreach (var run in _arena.Connection.Query<string>("select id from runs where status = 0").ToList()) _people.Urge(Deed.Start, run);
    }

    private bool IsDone() => _plane.IsUp && !_people.IsWaiting && _arena.Connection.QuerySingle<long>("select count(*) from runs where active") == 0;

    private void Note(string what) => Trace.Add($"{Trace.Count,4} {_time.Elapsed.TotalSeconds,8:0.000} {what}");
}

/// <param name="Violations">What must never happen and did; empty for a good seed.</param>
internal sealed record TrialResult(ulong Seed, IReadOnlyList<string> Violations, IReadOnlyList<string> Trace)
{
    public string Describe(int last) =>
        $"""
        Seed {Seed} breaks {Violations.Count} rules:
          {string.Join("\n  ", Violations.Take(12))}
        Replay it: BOREAS_SIM_SEED={Seed} dotnet test tests/Boreas.Simulation
        The last steps:
        {string.Join("\n", Trace.TakeLast(last))}
        """;
}

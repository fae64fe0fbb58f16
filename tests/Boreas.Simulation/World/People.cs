namespace Boreas.Simulation.World;

/// <summary>People who create deployments until they are answered, and who start, confirm, refuse, edit, cancel and roll back at any moment; with roll-outs, also freeze environments.</summary>
internal sealed class People(Dice dice, ManualTime time, Action<Request> send, bool rollOut)
{
    private readonly List<(Create Create, int Patience)> _open = [];
    private readonly List<(string Run, Create Create)> _known = [];
    private int _acts;
    private int _created;

    /// <summary>How many deployments they still want to create.</summary>
    public int Wishes { get; set; } = dice.Between(2, rollOut ? 9 : 6);

    public bool IsWaiting => _open.Count > 0;

    public void Step(bool hasGpu)
    {
        for (var i = 0; i < _open.Count; i++)
        {
            _open[i] = _open[i] with { Patience = _open[i].Patience - 1 };
            if (_open[i].Patience > 0) continue;
            _open[i] = _open[i] with { Patience = dice.Between(2, 6) };
            send(_open[i].Create);
        }

        if (rollOut && _known.Count > 0 && dice.OneIn(4))
        {
            var (run, create) = dice.Of(_known);
            Act(Deed.GoBack, run, create, null);
        }
        else if (rollOut && dice.OneIn(8))
        {
            Freeze(dice.OneIn(3) ? Api.Environments[1] : Api.Environments[0], mayLast: true);
        }
        else if (Wishes > 0 && dice.OneIn(2))
        {
            Wishes--;
            var create = rollOut && !dice.OneIn(5) ? Rollouts.Throw(dice, ++_created) : Plans.Throw(dice, ++_created, hasGpu);
            _open.Add((create, dice.Between(2, 6)));
            send(create);
        }
        else if (_known.Count > 0)
        {
            var (run, create) = dice.Of(_known);
            var deed = dice.Below(create.Rollout is null ? 13 : 14) switch { < 5 => Deed.Confirm, 5 => Deed.Reject, 6 => Deed.Cancel, 7 => Deed.RollBack, < 10 => Deed.Start, < 13 => Deed.Edit, _ => Deed.Resume };
            Act(deed, run, create, deed is Deed.Confirm or Deed.Reject && dice.OneIn(2) ? dice.Of(create.Tasks).Id : null);
        }
    }

    /// <summary>Sends again whatever was not answered.</summary>
    public void SendAgain()
    {
        foreach (var (create, _) in _open) send(create);
    }

    /// <summary>What is frozen thaws, now or within minutes.</summary>
    public void Thaw()
    {
        if (!rollOut) return;
        foreach (var environment in Api.Environments) Freeze(environment, mayLast: false);
    }

    /// <summary>Brings <paramref name="run"/> on.</summary>
    public void Urge(Deed deed, string run)
    {
        if (_known.Find(k => k.Run == run) is { Run: not null } known) Act(deed, run, known.Create, null);
    }

    public void Receive(Answer answer)
    {
        if (answer is { To: Act act, Value: string made } && _known.Find(k => k.Run == act.Run) is { Run: not null } before) _known.Add((made, before.Create));
        if (answer.To is not Create create || answer.Said == Said.Unavailable) return;
        if (_open.RemoveAll(o => o.Create == create) > 0 && answer.Value is string run) _known.Add((run, create));
    }

    private void Freeze(string environment, bool mayLast)
    {
        var spans = dice.OneIn(3) ? 1 : mayLast ? dice.Below(3) : 0;
        send(new SetFreezes($"administrator-{++_acts}", environment, [.. Enumerable.Range(0, spans).Select(_ => FrozenSpan.Throw(dice, time.GetUtcNow(), mayLast))]));
    }

    private void Act(Deed deed, string run, Create create, string? task) =>
        send(new Act($"person-{++_acts}", deed, run, task, create.Environment, create.Apps));
}

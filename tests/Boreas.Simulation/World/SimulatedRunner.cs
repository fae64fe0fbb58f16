using Boreas.Server.Jobs;

namespace Boreas.Simulation.World;

/// <summary>
/// A runner as the control plane sees it: asks for work, beats, changes the world, reports, and sends again what was not
/// answered. It may freeze, forget everything, or hang in its work while it goes on beating.
/// </summary>
internal sealed class SimulatedRunner(string name, string[] labels, Dice dice, Action<Request> send)
{
    private enum Stage
    {
        Idle,
        Working,
        Changing,
        Reporting,
    }

    private Stage _stage;
    private Claim? _job;
    private Request? _open;
    private int _patience;
    private int _frozen;
    private int _work;
    private int _numbers;
    private bool _hangs;
    private bool _cancelled;

    public string Name => name;

    public string[] Labels => labels;

    public void Freeze() => _frozen = dice.Between(10, 60);

    public void Thaw() => _frozen = 0;

    /// <summary>The process is started anew and remembers nothing.</summary>
    public void Restart()
    {
        (_stage, _job, _open, _frozen, _hangs, _cancelled) = (Stage.Idle, null, null, 0, false, false);
    }

    /// <summary>Does the next thing. Without <paramref name="faults"/> it works at once and never fails.</summary>
    public void Step(bool faults)
    {
        if (_frozen > 0 && --_frozen >= 0) return;
        if (_open is not null && --_patience <= 0) SendAgain();
        if (_job is not null && (_hangs || dice.OneIn(2))) send(new Beat(name, _job, ++_numbers));
        if (_open is not null) return;
        switch (_stage)
        {
            case Stage.Idle:
                Send(new Ask(name, ++_numbers));
                break;
            case Stage.Working when !_hangs && (--_work <= 0 || _cancelled || !faults):
                _stage = _cancelled ? Stage.Reporting : Stage.Changing;
                break;
            case Stage.Changing:
                Send(new Effect(name, _job!));
                break;
            case Stage.Reporting:
                Send(new Report(name, _job!, _cancelled ? Outcome.Failed : !faults || dice.Below(100) < 78 ? Outcome.Succeeded : dice.OneIn(3) ? Outcome.Failed : Outcome.Errored, dice.OneIn(2)));
                break;
        }
    }

    public void Receive(Answer answer, bool faults)
    {
        if (answer.To is Beat beat)
        {
            if (beat.Job != _job) return;
            if (answer.Said == Said.Refused) Drop();
            else if (answer.Value is true) (_cancelled, _hangs) = (true, false);
            return;
        }

        if (answer.To != _open || answer.Said == Said.Unavailable) return;
        _open = null;
        if (answer.Said == Said.Refused) Drop();
        else if (answer.To is Effect) _stage = Stage.Reporting;
        else Begin(answer.Value as Claim, faults);
    }

    private void Begin(Claim? job, bool faults)
    {
        Drop();
        if (job is null) return;
        (_job, _stage, _work) = (job, Stage.Working, dice.Below(6));
        _hangs = faults && dice.OneIn(10);
    }

    private void Drop() => (_stage, _job, _open, _hangs, _cancelled) = (Stage.Idle, null, null, false, false);

    private void Send(Request request)
    {
        (_open, _patience) = (request, dice.Between(4, 12));
        send(request);
    }

    /// <summary>A question for work is given up and asked anew, because its answer may have given a job already; all else is repeated as it was.</summary>
    private void SendAgain()
    {
        if (_open is Ask) Send(new Ask(name, ++_numbers));
        else Send(_open!);
    }
}

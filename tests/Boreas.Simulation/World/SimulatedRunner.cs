using System.Text.Json;
using Boreas.Contracts.Problems;
using Boreas.Server.Jobs;

namespace Boreas.Simulation.World;

/// <summary>
/// A runner as the control plane sees it: asks for work, beats, changes the world, reports, and sends again what was not
/// answered. It may freeze, forget everything, or hang in its work while it goes on beating.
/// </summary>
internal sealed class SimulatedRunner(string name, string[] labels, Dice dice, Action<Request> send, Func<Given, RolloutJob> rollOut, int patience)
{
    private enum Stage
    {
        Idle,
        Working,
        RollingOut,
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
    private RolloutJob? _rollout;
    private IEnumerator<Request?>? _steps;

    public string Name => name;

    public string[] Labels => labels;

    public void Freeze() => _frozen = patience * dice.Between(10, 60);

    public void Thaw() => _frozen = 0;

    /// <summary>The process is started anew and remembers nothing.</summary>
    public void Restart()
    {
        _frozen = 0;
        Drop();
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
            case Stage.RollingOut:
                RollOut();
                break;
            case Stage.Changing:
                Send(new Effect(name, _job!));
                break;
            case Stage.Reporting:
                Send(new Report(name, _job!, _rollout?.Outcome ?? Throw(faults), dice.OneIn(2), _rollout is null ? faults && dice.OneIn(8) ? "Is it good enough?" : null : _rollout.Question));
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
            if (beat != _open || answer.Said != Said.Done) return;
            (_open, _rollout!.Answer) = (null, answer);
            return;
        }

        if (answer.To != _open || answer.Said == Said.Unavailable) return;
        _open = null;
        if (answer is { Said: Said.Refused, Code: not ProblemCodes.Invalid }) Drop();
        else if (answer.To is Effect) _stage = Stage.Reporting;
        else if (answer.To is Switch or AskRoutes) _rollout!.Answer = answer;
        else Begin(answer.Value as Given, faults);
    }

    private void Begin(Given? given, bool faults)
    {
        Drop();
        if (given is null) return;
        (_job, _stage, _work) = (given.Claim, Stage.Working, dice.Below(6));
        if (given.Work.ValueKind == JsonValueKind.Undefined) _hangs = faults && dice.OneIn(10);
        else
        {
            _rollout = rollOut(given);
            (_stage, _steps) = (Stage.RollingOut, _rollout.Steps());
        }
    }

    private void RollOut()
    {
        _rollout!.IsCancelled = _cancelled;
        if (!_steps!.MoveNext()) _stage = _rollout.Outcome == Outcome.Succeeded ? Stage.Changing : Stage.Reporting;
        else if (_steps.Current is { } request) Send(request);
    }

    private Outcome Throw(bool faults) =>
        _cancelled ? Outcome.Failed : !faults || dice.Below(100) < 78 ? Outcome.Succeeded : dice.OneIn(3) ? Outcome.Failed : Outcome.Errored;

    private void Drop() => (_stage, _job, _open, _hangs, _cancelled, _rollout, _steps) = (Stage.Idle, null, null, false, false, null, null);

    private void Send(Request request)
    {
        (_open, _patience) = (request, patience * dice.Between(4, 12));
        send(request);
    }

    /// <summary>A question for work is given up and asked anew, because its answer may have given a job already; all else is repeated as it was.</summary>
    private void SendAgain()
    {
        if (_open is Ask) Send(new Ask(name, ++_numbers));
        else Send(_open!);
    }
}

using Boreas.Server.Storage;
using Boreas.Simulation.Checking;

namespace Boreas.Simulation.World;

/// <summary>What could be seen from outside: what was sent, what the control plane answered, and when the journal grew.</summary>
internal sealed class History
{
    public HashSet<Request> Sent { get; } = [];

    /// <summary>As given by the control plane, whether or not they arrived; <c>At</c> on the wall.</summary>
    public List<(Answer Answer, DateTimeOffset At, TimeSpan Elapsed, long Head)> Answers { get; } = [];

    /// <summary>Length of the journal after each step that a control plane took.</summary>
    public List<(long Head, DateTimeOffset At, TimeSpan Elapsed)> Growth { get; } = [];

    /// <summary>What was routed, each time that it changed; <c>Growth</c> is the step in <see cref="Growth"/>.</summary>
    public List<(int Growth, Dictionary<(string App, string Environment), IReadOnlyList<Routed>> Routes)> Routes { get; } = [];

    /// <summary>Events as a follower got them, over all restarts.</summary>
    public List<RecordedEvent> Followed { get; } = [];

    /// <summary>When the faults ended and everything was healthy.</summary>
    public TimeSpan HealthySince { get; set; } = TimeSpan.MaxValue;

    public List<string> Unexpected { get; } = [];
}

using Boreas.Contracts.Jobs;

namespace Boreas.Simulation.World;

/// <summary>Nodes and gateways: who runs the apps, and who sends requests to them.</summary>
internal sealed class Fleet
{
    private readonly Dice _dice;

    /// <summary>Whether nodes that go stay away for long, so that what is rolled back finds them lost.</summary>
    private readonly bool _staysAway;
    private readonly Dictionary<string, string> _versions = new(StringComparer.Ordinal);

    public Fleet(Dice dice, ManualTime time)
    {
        (_dice, _staysAway) = (dice, dice.OneIn(3));
        var capacity = dice.Between(8, 20);
        for (var i = dice.Between(2, 4); i > 0; i--) Nodes.Add(new SimulatedNode($"node-{i}", capacity, dice, time));
        foreach (var node in Nodes) node.Started += i => _versions[i.Id] = i.Release.Version;
        for (var i = dice.Between(1, 2); i > 0; i--) Gateways.Add(new SimulatedGateway($"gateway-{i}", dice, time, id => Find(id) is { Runs: true }));
    }

    public List<SimulatedNode> Nodes { get; } = [];

    public List<SimulatedGateway> Gateways { get; } = [];

    /// <summary>Whether a node was lost or drained, or a gateway cut off, at any time.</summary>
    public bool WasDisturbed { get; private set; }

    /// <summary>Null when nobody reaches the node now.</summary>
    public SimulatedNode? Reach(InstanceTarget target) => Nodes.Find(n => n.Name == target.Node && n.IsReachable);

    public SimulatedInstance? Find(string instance) => Nodes.Select(n => n.Find(instance)).FirstOrDefault(i => i is not null);

    /// <summary>What was started under this id, whether or not it still runs.</summary>
    public string VersionOf(string instance) => _versions.GetValueOrDefault(instance, "nothing");

    public void Step(ControlPlane plane)
    {
        foreach (var gateway in Gateways) gateway.Step(plane);
        if (!plane.IsUp) return;
        foreach (var node in Nodes) node.Step(plane);
    }

    /// <summary>Something happens to a machine; what, in a sentence, or null.</summary>
    public string? Disturb(ControlPlane plane)
    {
        var node = _dice.Of(Nodes);
        switch (_dice.Below(8))
        {
            case < 3 when !node.IsReachable && (!_staysAway || _dice.OneIn(8)):
                node.Return();
                return $"{node.Name} is back";
            case < 2 when Nodes.Count(n => n.IsReachable) > 1:
                WasDisturbed = true;
                var down = _dice.OneIn(2);
                node.Lose(down);
                return $"{node.Name} is {(down ? "down" : "cut off")}";
            case 2:
                WasDisturbed = true;
                plane.Drain(node.Name, true);
                return $"{node.Name} is drained";
            case 3:
                plane.Drain(node.Name, false);
                return $"{node.Name} is uncordoned";
            case 4 when _dice.OneIn(3):
                WasDisturbed = true;
                var gateway = _dice.Of(Gateways);
                gateway.IsReachable = !gateway.IsReachable;
                return $"{gateway.Name} is {(gateway.IsReachable ? "back" : "cut off")}";
            default:
                return null;
        }
    }

    public void Heal(ControlPlane plane)
    {
        foreach (var node in Nodes)
        {
            node.Return();
            plane.Drain(node.Name, false);
        }

        foreach (var gateway in Gateways) gateway.IsReachable = true;
    }
}

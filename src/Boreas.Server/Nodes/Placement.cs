using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;

namespace Boreas.Server.Nodes;

/// <summary>A node as placement sees it.</summary>
/// <param name="Used">Instances of all apps that take room on it.</param>
/// <param name="Siblings">Instances among them beside which new ones are not put as long as there is another node: those of the same release.</param>
/// <param name="Away">Why it takes no new instances, after 'it is'; null when it is ready.</param>
internal sealed record PlacementNode(string Name, IReadOnlyList<string> Labels, int Capacity, int Used, int Siblings, bool RunsImages, string? Away = null)
{
    public int Room => Math.Max(0, Capacity - Used);
}

/// <param name="Why">Why this node and not another, in half a sentence.</param>
internal sealed record PlacedInstance(string Node, string Why);

/// <summary>Why there is no node; <c>Kind</c> says whether that may pass.</summary>
internal sealed record NoPlace(FailureKind Kind, string Code, string Message, string Advice);

/// <summary>
/// Which node each new instance goes to: of those that are ready, have the labels, run what is to be run and have room,
/// the one with the fewest instances of the same release, then the one with the most room, then the first by name.
/// </summary>
internal static class Placement
{
    /// <summary>Nodes that are named in a reason; with more it would not be read.</summary>
    private const int Named = 8;

    /// <summary>One node for each instance, or null and why there is none.</summary>
    public static IReadOnlyList<PlacedInstance>? Choose(IReadOnlyList<PlacementNode> nodes, int instances, IReadOnlyList<string> labels, bool image, out NoPlace? noPlace)
    {
        noPlace = null;
        var present = nodes.OrderBy(n => n.Name, StringComparer.Ordinal).ToList();
        var placed = new List<PlacedInstance>(instances);
        while (placed.Count < instances)
        {
            var unfit = present.ToDictionary(n => n.Name, n => WhyNot(n, labels, image), StringComparer.Ordinal);
            if (present.Where(n => unfit[n.Name] is null).OrderBy(n => n.Siblings).ThenByDescending(n => n.Room).FirstOrDefault() is not { } best)
            {
                noPlace = None(present, unfit, labels, image, placed.Count, instances);
                return null;
            }

            placed.Add(new PlacedInstance(best.Name, Why(best, present, unfit)));
            present[present.IndexOf(best)] = best with { Used = best.Used + 1, Siblings = best.Siblings + 1 };
        }

        return placed;
    }

    /// <summary>What keeps the node from taking one more, after the node's name; null: nothing.</summary>
    private static string? WhyNot(PlacementNode node, IReadOnlyList<string> labels, bool image)
    {
        if (node.Away is { } away) return $"is {away}";
        if (labels.Where(l => !node.Labels.Contains(l)).ToList() is { Count: > 0 } missing) return $"lacks the label{(missing.Count > 1 ? "s" : "")} {string.Join(", ", missing)}";
        if (image && !node.RunsImages) return "has no container engine";
        return node.Room == 0 ? $"is full ({node.Used} of {node.Capacity})" : null;
    }

    private static string Why(PlacementNode best, List<PlacementNode> all, Dictionary<string, string?> unfit)
    {
        var others = all.Where(n => n != best).Select(n =>
            unfit[n.Name] is { } whyNot ? $"{n.Name} {whyNot}"
            : n.Siblings > best.Siblings ? $"{n.Name} has {n.Siblings} of it"
            : n.Room < best.Room ? $"{n.Name} has room for {n.Room}"
            : $"{n.Name} is as good").ToList();
        return $"has {(best.Siblings == 0 ? "none" : $"{best.Siblings}")} of this release and room for {best.Room}" + (others.Count > 0 ? $"; {List(others)}" : "");
    }

    private static NoPlace None(List<PlacementNode> all, Dictionary<string, string?> unfit, IReadOnlyList<string> labels, bool image, int placed, int instances)
    {
        if (all.Count == 0) return new NoPlace(FailureKind.Errored, ProblemCodes.NoNode, "There is no runtime node.", "Start an agent ('boreas agent').");
        var reasons = List([.. all.Select(n => $"{n.Name} {unfit[n.Name]}")]);
        var ready = all.Where(n => n.Away is null && labels.All(n.Labels.Contains)).ToList();
        if (image && ready.Count > 0 && ready.TrueForAll(n => !n.RunsImages))
            return new NoPlace(FailureKind.Failed, ProblemCodes.EngineUnreachable, $"The release is a container image, and no node that may run it has a container engine: {reasons}.", "Install podman or docker on a node and restart its agent.");
        var which = instances == 1 ? "the instance" : $"instance {placed + 1} of {instances}";
        return new NoPlace(FailureKind.Errored, ProblemCodes.NoNode, $"No node has room for {which}: {reasons}.", "Add a node, uncordon one, raise an agent's --capacity, or stop an app; see 'boreas nodes'.");
    }

    private static string List(List<string> nodes) =>
        string.Join(", ", nodes.Take(Named)) + (nodes.Count > Named ? $" and {nodes.Count - Named} more" : "");
}

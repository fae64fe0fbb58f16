using System.Text.Json;
using Boreas.Engine.Graphs;

namespace Boreas.Engine.Tests.Graphs;

/// <summary>Graphs of Argo Workflows, Flux and Woodpecker, with what those make of them. An edge is [before, after].</summary>
public sealed class PublishedGraphTests
{
    [ConformanceFact]
    public void GraphsOfArgosExamplesAreBuiltAndWorkedOffLevelByLevel()
    {
        var checkedGraphs = 0;
        foreach (var graph in Read("argo-example-graphs.json").GetProperty("graphs").EnumerateArray())
        {
            var built = TaskGraphTests.Build([.. TasksOf(graph)]);
            AssertLevels(graph, built);
            checkedGraphs++;
        }

        Assert.True(checkedGraphs > 10, $"only {checkedGraphs} graphs were found");
    }

    [ConformanceFact]
    public void WhatArgosValidationSaysOfAGraphIsSaidHere()
    {
        var cycles = 0;
        foreach (var graph in Read("argo-validate-cases.json").GetProperty("cases").EnumerateArray().SelectMany(c => c.GetProperty("graphs").EnumerateArray()))
        {
            TaskSpec[] tasks = [.. TasksOf(graph)];
            var built = TaskGraph.TryBuild(tasks, out var problems);
            if (graph.GetProperty("acyclic").GetBoolean())
            {
                AssertLevels(graph, built!);
                continue;
            }

            Assert.Null(built);
            Assert.True(problems.Single().IsCycle);
            TaskGraphTests.AssertPath(tasks, problems.Single());
            cycles++;
        }

        Assert.True(cycles > 0, "no case had a cycle");
    }

    [ConformanceFact]
    public void SetsOfFluxAndWoodpeckerAreOrderedOrRefused()
    {
        foreach (var set in Read("cycle-sets.json").GetProperty("cases").EnumerateArray())
        {
            var name = set.GetProperty("name").GetString()!;
            TaskSpec[] tasks = [.. TasksOf(set)];
            var known = tasks.Select(t => t.Id).ToHashSet();
            var built = TaskGraph.TryBuild(tasks, out var problems);

            // Flux orders what is not in the list as if it were; here, as in Woodpecker, an unknown id is refused.
            if (tasks.Any(t => !t.BlockBy.All(known.Contains)))
            {
                Assert.True(built is null, name);
                Assert.All(problems, p => Assert.Contains("not in the graph", p.Message, StringComparison.Ordinal));
                continue;
            }

            Assert.Equal(set.GetProperty("valid").GetBoolean(), built is not null);
            if (set.TryGetProperty("order", out var order)) AssertOrder([.. order.EnumerateArray().Select(o => o.GetString()!)], built!);
        }
    }

    private static void AssertOrder(List<string> order, TaskGraph built)
    {
        foreach (var (task, i) in built.Tasks.Select((t, i) => (t, i)))
            Assert.All(built.DependenciesOf(i), d => Assert.True(order.IndexOf(built.Tasks[d].Id) < order.IndexOf(task.Id)));
    }

    private static void AssertLevels(JsonElement graph, TaskGraph built)
    {
        var levels = graph.GetProperty("levels");
        for (var i = 0; i < built.Count; i++)
        {
            var behind = built.DependenciesOf(i).Select(d => levels.GetProperty(built.Tasks[d].Id).GetInt32()).DefaultIfEmpty(-1).Max();
            Assert.Equal(levels.GetProperty(built.Tasks[i].Id).GetInt32(), behind + 1);
        }
    }

    private static IEnumerable<TaskSpec> TasksOf(JsonElement graph)
    {
        var edges = graph.GetProperty("edges").EnumerateArray().ToLookup(e => e[1].GetString()!, e => e[0].GetString()!);
        return graph.GetProperty("nodes").EnumerateArray().Select(n => Specs.Task(n.GetString()!, [.. edges[n.GetString()!]]));
    }

    private static JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(ConformanceFactAttribute.Folder, file))).RootElement;
}

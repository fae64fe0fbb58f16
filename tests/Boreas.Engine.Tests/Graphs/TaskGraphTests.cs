using Boreas.Engine.Graphs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Graphs;

public sealed class TaskGraphTests
{
    [Fact]
    public void DependenciesAndDependentsAreEachOthersMirror()
    {
        var graph = Build(Task("a"), Task("b", "a"), Task("c", "a"), Task("d", "b", "c"));

        Assert.Equal(4, graph.Count);
        Assert.Equal([1, 2], graph.DependentsOf(0));
        Assert.Equal([1, 2], graph.DependenciesOf(3));
        Assert.Empty(graph.DependenciesOf(0));
        Assert.Empty(graph.DependentsOf(3));
        Assert.True(graph.TryIndexOf("c", out var c));
        Assert.Equal(2, c);
        Assert.False(graph.TryIndexOf("C", out _));
    }

    [Fact]
    public void ATaskMayWaitForOneThatIsWrittenLater()
    {
        var graph = Build(Task("late", "early"), Task("early"));

        Assert.Equal([1], graph.DependenciesOf(0));
        Assert.Equal([0], graph.DependentsOf(1));
    }

    [Fact]
    public void ADependencyThatIsWrittenTwiceCountsOnce()
    {
        var graph = Build(Task("a"), Task("b", "a", "a"));

        Assert.Equal([0], graph.DependenciesOf(1));
        Assert.Equal([1], graph.DependentsOf(0));
    }

    [Fact]
    public void AnEmptyGraphIsRefused() => Assert.Contains("at least one task", Refused().Single().Message, StringComparison.Ordinal);

    [Fact]
    public void DuplicateIdsAreRefusedAndNamed()
    {
        var problem = Refused(Task("a"), Task("b"), Task("a")).Single();

        Assert.Equal("a", problem.Task);
        Assert.Contains("two tasks have the id 'a'", problem.Message, StringComparison.Ordinal);
        Assert.False(problem.IsCycle);
    }

    [Fact]
    public void EveryUnknownIdIsNamedAtOnce()
    {
        var problems = Refused(Task("a", "ghost"), Task("b", "phantom", "a"));

        Assert.Equal(["a", "b"], problems.Select(p => p.Task));
        Assert.Contains("'ghost'", problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("'phantom'", problems[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASelfReferenceIsACycleWithItsPath()
    {
        var problem = Refused(Task("a"), Task("b", "a", "b")).Single();

        Assert.True(problem.IsCycle);
        Assert.Equal("b", problem.Task);
        Assert.Contains("b → b", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a:b b:a")]
    [InlineData("a:c b:a c:b")]
    [InlineData("root: tail:a a:root,c b:a c:b end:c")]
    [InlineData("x:y,root root: y:z z:w w:x")]
    public void ACycleIsRefusedWithAPathThatIsReallyThere(string written)
    {
        TaskSpec[] tasks = [.. written.Split(' ').Select(t => t.Split(':')).Select(t => Task(t[0], t[1].Split(',', StringSplitOptions.RemoveEmptyEntries)))];

        var problem = Refused(tasks).Single();

        Assert.True(problem.IsCycle);
        AssertPath(tasks, problem);
    }

    [Fact]
    public void MoreTasksThanTheCapAreRefused()
    {
        var tasks = Enumerable.Range(0, TaskGraph.MaxTasks + 1).Select(i => Task($"t{i}")).ToArray();

        Assert.Contains($"at most {TaskGraph.MaxTasks} tasks", Refused(tasks).Single().Message, StringComparison.Ordinal);
        Assert.NotNull(TaskGraph.TryBuild(tasks[1..], out _));
    }

    [Fact]
    public void MoreDependenciesThanTheCapAreRefused()
    {
        var first = Enumerable.Range(0, 1_001).Select(i => Task($"a{i}")).ToArray();
        string[] all = [.. first.Select(t => t.Id)];

        var problem = Refused([.. first, .. Enumerable.Range(0, 2_000).Select(i => Task($"b{i}", all))]).Single();

        Assert.Contains($"at most {TaskGraph.MaxEdges} dependencies", problem.Message, StringComparison.Ordinal);
    }

    /// <summary>The path in the message starts and ends with the same task, and each task on it really waits for the next.</summary>
    internal static void AssertPath(IReadOnlyList<TaskSpec> tasks, GraphProblem problem)
    {
        var path = problem.Message[(problem.Message.IndexOf(':', StringComparison.Ordinal) + 2)..].Split(';')[0].Split(" → ");
        Assert.True(path.Length >= 2, problem.Message);
        Assert.Equal(path[0], path[^1]);
        Assert.Equal(path[0], problem.Task);
        Assert.Equal(path.Length - 1, path.Distinct().Count());
        for (var i = 1; i < path.Length; i++) Assert.Contains(path[i], tasks.Single(t => t.Id == path[i - 1]).BlockBy);
    }

    internal static TaskGraph Build(params TaskSpec[] tasks)
    {
        var graph = TaskGraph.TryBuild(tasks, out var problems);
        Assert.Empty(problems);
        return graph!;
    }

    internal static IReadOnlyList<GraphProblem> Refused(params TaskSpec[] tasks)
    {
        Assert.Null(TaskGraph.TryBuild(tasks, out var problems));
        return problems;
    }
}

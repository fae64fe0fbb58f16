namespace Boreas.Engine.Graphs;

/// <summary>Why a graph is refused. <paramref name="Task"/> is the task at fault; <paramref name="Message"/> names the fix.</summary>
/// <param name="IsCycle">Whether it is a cycle; then the message holds its path.</param>
public sealed record GraphProblem(string Task, string Message, bool IsCycle = false);

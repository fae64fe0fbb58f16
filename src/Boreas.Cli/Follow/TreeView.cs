using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Boreas.Cli.Follow;

/// <summary>Follows a deployment in a tree that redraws itself: apps, their tasks, times that run, and what each waits for.</summary>
internal sealed class TreeView(Terminal terminal)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    public async Task<Deployment> ShowAsync(IAsyncEnumerable<Deployment> states, CancellationToken cancel)
    {
        Deployment? last = null;
        await terminal.Ansi().Live(new Text("")).AutoClear(false).StartAsync(async screen =>
        {
            await using var state = states.GetAsyncEnumerator(cancel);
            var next = state.MoveNextAsync().AsTask();
            while (true)
            {
                var tick = Task.Delay(Tick, terminal.Time, cancel);
                if (await Task.WhenAny(next, tick) == next)
                {
                    if (!await next) break;
                    last = state.Current;
                    next = state.MoveNextAsync().AsTask();
                }

                if (last is not null) screen.UpdateTarget(Tree(last, terminal.Time.GetUtcNow()));
            }
        });
        foreach (var line in DeploymentText.Ending(last!)) terminal.Line(line);
        return last!;
    }

    public static IRenderable Tree(Deployment deployment, DateTimeOffset now)
    {
        var tree = new Tree(new Text(DeploymentText.Title(deployment), Look.Of(Look.Text(deployment.Status)).Decoration(Decoration.Bold)));
        foreach (var (app, tasks) in DeploymentText.ByApp(deployment))
        {
            var node = tree.AddNode(new Text(Terminal.Clean(app)));
            foreach (var task in tasks)
            {
                var running = task is { Status: RunTaskStatus.Running, StartedAt: { } start } ? task with { Duration = Math.Max(0, Math.Floor((now - start).TotalSeconds)) } : task;
                node.AddNode(new Text(DeploymentText.Line(running, DeploymentText.NameWidth(deployment)), Look.Of(Look.Text(task.Status))));
            }
        }

        return tree;
    }
}

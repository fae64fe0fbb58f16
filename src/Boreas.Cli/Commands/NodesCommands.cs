using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Fleet;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas nodes</c> and <c>boreas nodes cordon | uncordon | drain | delete</c>.</summary>
internal static class NodesCommands
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    public static Command Build(CommandKit kit)
    {
        var nodes = kit.Remote("nodes", "Show the machines that run apps", [], async (call, cancel) =>
        {
            var answer = await call.Api.GetAsync(ApiPath.Of("nodes"), cancel);
            call.Print.Answer(answer, () =>
            {
                var page = answer.Read<Page<NodeInfo>>().Items;
                call.Print.Rows(
                    ["NAME", "STATUS", "ENGINE", "LABELS", "INSTANCES", "SEEN", "VERSION"],
                    page.Select(n => (IReadOnlyList<string?>)[n.Name, n.Status, n.Engine, string.Join(", ", n.Labels), $"{n.Instances.Count} of {n.Capacity}", Look.Ago(n.SeenAt, call.Terminal.Time), Look.Version(n.Version)]),
                    "No node has ever come. Start one with 'boreas agent'.");
                foreach (var node in page.Where(n => n.Cordon is not null)) call.Print.Note(Terminal.Clean(Cordon(node, call.Terminal.Time)));
                foreach (var (node, leaving) in page.SelectMany(n => (n.Leaving ?? []).Select(l => (n, l)))) call.Print.Note(Terminal.Clean($"node {node.Name}: {Text(leaving)}"));
            });
            return ExitCode.Ok;
        });
        nodes.Subcommands.Add(Cordon(kit));
        nodes.Subcommands.Add(Uncordon(kit));
        nodes.Subcommands.Add(Drain(kit));
        nodes.Subcommands.Add(Delete(kit));
        return nodes;
    }

    private static Command Cordon(CommandKit kit)
    {
        var name = Name(kit);
        var reason = new Option<string?>("--reason") { Description = "Why, for the record and for who looks", HelpName = "TEXT" };
        return kit.Remote("cordon", "Put no new instances on a node; those that it has stay", [name, reason], async (call, cancel) =>
        {
            var answer = await call.Api.PostAsync(ApiPath.Of("nodes", call.Get(name), "cordon"), new ActionRequest(call.Get(reason)), cancel);
            call.Print.Answer(answer, () => call.Print.Line(Terminal.Clean($"The node {call.Get(name)} takes no new instances. It keeps the {answer.Read<NodeInfo>().Instances.Count} that it has.")));
            return ExitCode.Ok;
        });
    }

    private static Command Uncordon(CommandKit kit)
    {
        var name = Name(kit);
        return kit.Remote("uncordon", "Let a node take new instances again", [name], async (call, cancel) =>
        {
            var answer = await call.Api.PostAsync(ApiPath.Of("nodes", call.Get(name), "uncordon"), new { }, cancel);
            call.Print.Answer(answer, () => call.Print.Line(Terminal.Clean($"The node {call.Get(name)} takes new instances.")));
            return ExitCode.Ok;
        });
    }

    private static Command Drain(CommandKit kit)
    {
        var name = Name(kit);
        var reason = new Option<string?>("--reason") { Description = "Why, for the record and for who looks", HelpName = "TEXT" };
        var noWait = new Option<bool>("--no-wait") { Description = "Do not watch; it goes on by itself" };
        return kit.Remote("drain", "Cordon a node and move what it runs to other nodes, without a dropped request", [name, reason, noWait], async (call, cancel) =>
        {
            var answer = await call.Api.PostAsync(ApiPath.Of("nodes", call.Get(name), "drain"), new ActionRequest(call.Get(reason)), cancel);
            if (call.Print.Json || call.Get(noWait))
            {
                call.Print.Answer(answer, () => call.Print.Line(Terminal.Clean($"The node {call.Get(name)} is drained. See 'boreas nodes' for how far it is.")));
                return ExitCode.Ok;
            }

            return await WatchAsync(call, answer.Read<NodeInfo>(), cancel);
        });
    }

    private static Command Delete(CommandKit kit)
    {
        var name = Name(kit);
        return kit.Remote("delete", "Forget a node that is gone for good; one whose agent starts again is known again", [name], async (call, cancel) =>
        {
            call.Print.Answer(await call.Api.DeleteAsync(ApiPath.Of("nodes", call.Get(name)), cancel), () => call.Print.Line(Terminal.Clean($"The node {call.Get(name)} is forgotten.")));
            return ExitCode.Ok;
        });
    }

    /// <summary>Tells what moves, and what waits for what, until nothing has to leave any more.</summary>
    private static async Task<ExitCode> WatchAsync(Call call, NodeInfo node, CancellationToken cancel)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        while (node.Leaving is { Count: > 0 } leaving)
        {
            foreach (var line in leaving.Select(Text).Where(told.Add)) call.Print.Line(Terminal.Clean(line));
            await Task.Delay(LookEvery, call.Terminal.Time, cancel);
            node = (await call.Api.GetAsync(ApiPath.Of("nodes"), cancel)).Read<Page<NodeInfo>>().Items.FirstOrDefault(n => n.Name == node.Name)
                ?? throw new CommandFailure(ExitCode.NotFound, $"There is no node {node.Name} any more.");
            if (node.Cordon is null) throw new CommandFailure(ExitCode.Failed, $"The node {node.Name} was uncordoned meanwhile.");
        }

        call.Print.Line(Terminal.Clean(told.Count == 0 ? $"Nothing serves on {node.Name}." : $"{node.Name} is drained: nothing serves there any more."));
        return ExitCode.Ok;
    }

    private static string Text(NodeDeparture leaving) =>
        $"{leaving.AppId} in {leaving.Environment}, {leaving.Instances} instance{(leaving.Instances == 1 ? "" : "s")}: {leaving.Why}";

    private static Argument<string> Name(CommandKit kit) => kit.Completed(new Argument<string>("NODE") { Description = "The node's name" }, "nodes");

    private static string Cordon(NodeInfo node, TimeProvider time) =>
        $"node {node.Name}: cordoned by {node.Cordon!.By}, {Look.Ago(node.Cordon.At, time)}{(node.Cordon.Reason is { } reason ? $": {reason}" : "")}";
}

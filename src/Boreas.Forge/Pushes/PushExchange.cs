using System.Buffers;
using System.IO.Pipelines;
using Boreas.Contracts.Pushes;
using Boreas.Forge.Access;
using Boreas.Forge.Backend;
using Boreas.Forge.ControlPlane;
using Boreas.Forge.Packets;
using Boreas.Forge.Progress;
using Boreas.Forge.Repositories;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Boreas.Forge.Pushes;

/// <summary>
/// One push. Git decides and keeps; this listens. The request passes through untouched while its commands are
/// read, the answer passes through but for its last flush packet. Before that one is sent, the control plane hears of
/// the branches that Git has accepted, and the pusher's terminal shows the deployment.
/// Whatever happens on the way (the client goes, the control plane is away, Git is killed), a branch that Git has
/// changed is reported: at once, later from memory, or at the next start from the repository itself.
/// </summary>
internal sealed class PushExchange(
    HttpBackend backend,
    RepositoryStore store,
    PushDelivery delivery,
    DeploymentFollower follower,
    IHostApplicationLifetime lifetime,
    TimeProvider time)
{
    private static readonly TimeSpan DeliverWhileWaiting = TimeSpan.FromSeconds(60);

    public async Task ServeAsync(HttpContext context, Visitor visitor)
    {
        var gone = context.RequestAborted;
        var (commands, report) = (new PushCommands(), new PushReport());
        var body = new RequestBody(context.Request, visitor.MaxPushBytes);
        var told = new HashSet<PushCommand>();
        try
        {
            if (!await LetGitAsync(context, visitor, body, commands, report)) return;
            var terminal = new PusherTerminal(context.Response.BodyWriter, commands.SideBand, time, gone);
            if (body.TooLarge && !commands.Commands.Any(command => report.Accepted(command.Ref)))
                await terminal.LineAsync($"Boreas refuses this push: it is larger than {Size(visitor.MaxPushBytes)}, the most that one push may send here. Nothing was changed.");
            foreach (var command in Reportable(commands).Where(command => report.Accepted(command.Ref)))
            {
                told.Add(command);
                await ReportAsync(visitor, command, terminal, gone);
            }

            PktLine.WriteFlush(context.Response.BodyWriter);
            await context.Response.CompleteAsync();
        }
        finally
        {
            await KeepAsync(visitor, [.. Reportable(commands).Where(command => !told.Contains(command))], report);
        }

        await TidyAsync(visitor);
    }

    /// <summary>Lets Git do the push; false when there was no answer to go on with and the client has been told.</summary>
    private async Task<bool> LetGitAsync(HttpContext context, Visitor visitor, RequestBody body, PushCommands commands, PushReport report)
    {
        var run = await backend.StartAsync(context.Request, visitor, "git-receive-pack", advertise: false, context.RequestAborted);
        if (run is null)
        {
            await Refusal.Busy.WriteAsync(context.Response, context.RequestAborted);
            return false;
        }

        await using (run)
        {
            var sending = run.SendAsync(body, commands.Feed);
            var answered = await BackendAnswer.BeginAsync(context.Response, run);
            var flushed = answered && await ForwardAsync(run, context.Response.BodyWriter, commands, report);
            await sending;
            if (flushed) await run.EndedAsync();
            return flushed;
        }
    }

    /// <summary>Passes Git's packets on and reads the report; true when the last flush packet has come, which is held back.</summary>
    private static async Task<bool> ForwardAsync(BackendRun run, PipeWriter output, PushCommands commands, PushReport report)
    {
        while (true)
        {
            var read = await run.Output.ReadAsync(run.Cancelled);
            run.Moved();
            var rest = read.Buffer;
            var flushed = false;
            while (!flushed && PktLine.TryRead(ref rest, out var packet, out var raw))
            {
                flushed = packet.Kind == PktKind.Flush;
                if (!commands.SideBand) report.Add(packet);
                else if (packet.Payload is { IsEmpty: false, FirstSpan: [1, ..] }) report.Feed(packet.Payload.Slice(1));
                if (flushed) break;
                foreach (var piece in raw) output.Write(piece.Span);
            }

            run.Output.AdvanceTo(rest.Start, rest.End);
            if (output.UnflushedBytes > 0) await output.FlushAsync(run.Cancelled);
            if (flushed || read.IsCompleted) return flushed;
        }
    }

    private async Task ReportAsync(Visitor visitor, PushCommand command, PusherTerminal terminal, CancellationToken gone)
    {
        var notice = Notice(visitor, command);
        using var limit = new CancellationTokenSource(DeliverWhileWaiting, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, lifetime.ApplicationStopping);
        try
        {
            var result = await terminal.WhileAsync(delivery.DeliverAsync(notice, stop.Token));
            await terminal.LineAsync(result.Message);
            if (result.DeploymentId is { } deployment && terminal.Shows) await follower.FollowAsync(visitor.Token, deployment, terminal, gone);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            delivery.Later(notice);
            await terminal.LineAsync("Boreas keeps this push and deploys it as soon as its control plane can be reached; it cannot be just now.");
        }
        catch (RefusedException e)
        {
            await terminal.LineAsync($"Boreas keeps this push but does not deploy it: {e.Message}");
        }
    }

    /// <summary>
    /// Reports later what was accepted and not told. Where nobody heard how Git ended, a branch that is now where the
    /// push wanted it was accepted.
    /// </summary>
    private async Task KeepAsync(Visitor visitor, IReadOnlyList<PushCommand> untold, PushReport report)
    {
        if (untold.Count == 0) return;
        var heads = report.Complete ? [] : await store.HeadsAsync(visitor.Repository, lifetime.ApplicationStopping);
        foreach (var command in untold)
        {
            if (report.Complete ? report.Accepted(command.Ref) : heads.Contains(new BranchHead(command.Ref, command.New)))
                delivery.Later(Notice(visitor, command));
        }
    }

    /// <summary>The client has its whole answer already.</summary>
    private async Task TidyAsync(Visitor visitor)
    {
        try
        {
            await store.TidyAsync(visitor.Repository, lifetime.ApplicationStopping);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Nothing depends on it; the next push tries again.
        }
    }

    /// <summary>Branches that have a commit now; a deleted branch has nothing to deploy, and tags name what a branch brought.</summary>
    private static IEnumerable<PushCommand> Reportable(PushCommands commands) => commands.Commands.Where(command => command.IsBranch && !command.Deletes);

    private static PushNotice Notice(Visitor visitor, PushCommand command) => new(visitor.Repository.Value, command.Ref, command.Old, command.New, visitor.User);

    private static string Size(long bytes) => bytes >= 1024 * 1024 ? $"{bytes / 1024 / 1024} MB" : $"{bytes / 1024} kB";
}

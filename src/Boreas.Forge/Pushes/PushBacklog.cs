using Boreas.Contracts.Pushes;
using Boreas.Contracts.Values;
using Boreas.Forge.ControlPlane;
using Boreas.Forge.Repositories;
using Boreas.Processes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Forge.Pushes;

/// <summary>At start, reports the head of every branch, so that a push accepted before a crash is not lost; then what <see cref="PushDelivery"/> has for later.</summary>
internal sealed partial class PushBacklog(RepositoryStore store, PushDelivery delivery, IHostApplicationLifetime host, ILogger<PushBacklog> log) : BackgroundService
{
    /// <summary>What stands for 'no commit'.</summary>
    public const string NoCommit = "0000000000000000000000000000000000000000";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // In one process with the control plane there is nobody to report to before that.
        using var begin = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStarted, stoppingToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, begin.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        foreach (var name in store.Names()) await LookAsync(name, stoppingToken);
        await foreach (var notice in delivery.Backlog.ReadAllAsync(stoppingToken)) await DeliverAsync(notice, stoppingToken);
    }

    private async Task LookAsync(Slug name, CancellationToken cancel)
    {
        try
        {
            foreach (var head in await store.HeadsAsync(name, cancel))
                await DeliverAsync(new PushNotice(name.Value, head.Ref, NoCommit, head.Commit, null), cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ProgramMissingException)
        {
            Unreadable(name.Value, e.Message);
        }
    }

    private async Task DeliverAsync(PushNotice notice, CancellationToken cancel)
    {
        try
        {
            var result = await delivery.DeliverAsync(notice, cancel);
            Delivered(notice.Repository, notice.Ref, notice.NewCommit, result.Message);
        }
        catch (RefusedException e)
        {
            Refused(notice.Repository, notice.Ref, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Repository} {Ref} is at {Commit}; the control plane: {Answer}")]
    private partial void Delivered(string repository, string @ref, string commit, string answer);

    [LoggerMessage(Level = LogLevel.Information, Message = "The control plane does not take the push to {Repository} {Ref}: {Why}")]
    private partial void Refused(string repository, string @ref, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "The repository {Repository} cannot be read, so its branches were not compared with what was deployed: {Why}")]
    private partial void Unreadable(string repository, string why);
}

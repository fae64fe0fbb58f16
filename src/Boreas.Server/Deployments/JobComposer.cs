using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;
using Boreas.Server.Artifacts;
using Boreas.Server.Images;
using Boreas.Server.Jobs;
using Boreas.Server.Nodes;
using Boreas.Server.Problems;
using Boreas.Server.Pushes;
using Boreas.Server.Secrets;
using Boreas.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Deployments;

/// <summary>
/// Turns a claimed task into the job that the runner gets: its input from the deployment's snapshot and the results of
/// the tasks before it, and only the secrets that it needs. A task that cannot be composed is failed with the reason.
/// </summary>
internal sealed partial class JobComposer(Journal journal, Database database, SecretStore secrets, ArtifactTickets tickets, RepositoryTickets repositories, ServerOptions options, ILogger<JobComposer> logger)
{
    /// <summary>Seconds that an instance has to finish its requests after traffic went elsewhere.</summary>
    public const int DrainSeconds = 30;

    private static readonly TimeSpan TicketLife = TimeSpan.FromHours(2);

    private static readonly (JsonElement Work, IReadOnlyDictionary<string, string> Secrets) NoInput = (BoreasJson.ToElement(new { }), new Dictionary<string, string>());

    public async Task<ClaimedJob?> TryComposeAsync(Claim claim, CancellationToken cancellationToken)
    {
        var id = new JobId(claim.RunId, claim.TaskId, claim.Attempt);
        try
        {
            var (work, needed) = claim.Executor == ExecutorNames.Nothing ? NoInput : await ComposeAsync(claim, cancellationToken);
            return new ClaimedJob(id.ToString(), claim.Lease, claim.Epoch, options.LeaseSeconds, claim.Deadline, claim.RunId, claim.TaskId, claim.TaskName, claim.Attempt, claim.Executor, claim.AppId, work, needed);
        }
        catch (JobFailureException e)
        {
            await FailAsync(claim, new RunFailure(e.Code, e.Message, e.Advice, e.Kind == FailureKind.Errored));
        }
        catch (Exception e) when (e is JsonException or RequestRefusedException or InvalidOperationException)
        {
            LogNotComposed(e, id.ToString());
            await FailAsync(claim, new RunFailure(ProblemCodes.Internal, $"The job could not be put together: {e.Message}", "This is a fault of Boreas or of its database; the control plane's log has the details."));
        }

        return null;
    }

    private Task FailAsync(Claim claim, RunFailure failure) =>
        journal.WriteAsync(transaction => { transaction.Handle(claim.RunId, new ReportTask(claim.TaskId, claim.Epoch, null, failure)); });

    private async Task<(JsonElement Work, IReadOnlyDictionary<string, string> Secrets)> ComposeAsync(Claim claim, CancellationToken cancellationToken)
    {
        var inputs = await DeploymentQueries.InputsAsync(database, claim.RunId, options, cancellationToken);
        if (claim.Executor == ExecutorNames.Command) return await CommandAsync(claim, inputs, cancellationToken);
        var app = inputs.Spec.Apps.FirstOrDefault(a => a.App.Id == claim.AppId) ?? throw new InvalidOperationException($"the deployment has no app '{claim.AppId}'");
        var results = new AppResults(inputs, app);
        switch (claim.Executor)
        {
            case ExecutorNames.Checkout:
                return (BoreasJson.ToElement(results.Checkout()), await SecretsAsync(app, results.SourceSecrets, [], cancellationToken));
            case ExecutorNames.Build:
                return (BoreasJson.ToElement(results.Build()), await SecretsAsync(app, [.. results.Secrets, .. results.SourceSecrets], [], cancellationToken));
            case ExecutorNames.Test:
                return (BoreasJson.ToElement(results.Test()), await SecretsAsync(app, results.Secrets, [], cancellationToken));
            case ExecutorNames.Deploy:
                var release = results.Release();
                var step = await journal.WriteAsync(transaction => RolloutWork.Step(transaction, claim.RunId, Task(transaction, claim), release, inputs.Spec, app.App.Replicas), cancellationToken);
                return (BoreasJson.ToElement(step), await SecretsAsync(app, NeededSecret.Of(release), [release.Artifact], cancellationToken));
            case ExecutorNames.Watch:
                return (BoreasJson.ToElement(await journal.WriteAsync(transaction => RolloutWork.Watch(transaction, claim.RunId, Task(transaction, claim), results.Release(), inputs.Spec.EnvironmentId), cancellationToken)), NoInput.Secrets);
            case ExecutorNames.HealthCheck:
                return await journal.WriteAsync(transaction => (
                    BoreasJson.ToElement(new HealthCheckWork(
                        results.Release(),
                        InstanceTable.Find(transaction, InstanceTable.OfRun(transaction, claim.RunId, app.App.Id)),
                        RolloutWork.RestartsOf(transaction, claim.RunId, app.App.Id),
                        // What stays warm for longer than it may drain needs no watching.
                        (inputs.Spec.KeepWarmSeconds ?? options.KeepWarmSeconds) >= DrainSeconds ? [] : InstanceTable.FindReachable(transaction, InstanceTable.ReplacedBy(transaction, claim.RunId, app.App.Id, inputs.Spec.EnvironmentId)),
                        DrainSeconds)),
                    (IReadOnlyDictionary<string, string>)new Dictionary<string, string>()), cancellationToken);
            case ExecutorNames.Move:
                var move = await journal.WriteAsync(transaction => Moves.Work(transaction, claim.RunId, Task(transaction, claim), inputs.Spec), cancellationToken);
                return (BoreasJson.ToElement(move), await SecretsAsync(app, NeededSecret.Of(move.Release), [move.Release.Artifact], cancellationToken));
            case ExecutorNames.TidyImages:
                return (BoreasJson.ToElement(await journal.WriteAsync(transaction => Tidying.Work(transaction, Task(transaction, claim), app), cancellationToken)), await SecretsAsync(app, [], [], cancellationToken));
            case ExecutorNames.Restore:
                var restore = await journal.WriteAsync(transaction => RollbackWork.Restore(transaction, claim.RunId, Task(transaction, claim), inputs.Spec), cancellationToken);
                return (BoreasJson.ToElement(restore), await SecretsAsync(app, restore.Previous.SelectMany(p => NeededSecret.Of(p.Release)), restore.Previous.Select(p => p.Release.Artifact), cancellationToken));
            default:
                throw new JobFailureException(FailureKind.Failed, ProblemCodes.Invalid, $"There is no executor '{claim.Executor}'.");
        }
    }

    private static RunTask Task(JournalTransaction transaction, Claim claim) =>
        transaction.Find(claim.RunId)?.TryFind(claim.TaskId) ?? throw new InvalidOperationException("the task is gone");

    private async Task<(JsonElement, IReadOnlyDictionary<string, string>)> CommandAsync(Claim claim, DeploymentInputs inputs, CancellationToken cancellationToken)
    {
        var payload = inputs.PayloadOf(claim.TaskId);
        if (CustomCommand.TryRead(payload, out var command) is { } problem) throw new JobFailureException(FailureKind.Failed, ProblemCodes.Invalid, $"The task's payload {problem}.");
        var app = inputs.Spec.Apps.FirstOrDefault(a => a.App.Id == claim.AppId);
        if (app is null) return (BoreasJson.ToElement(new CommandWork(command, null, inputs.Spec.Variables)), new Dictionary<string, string>());
        var results = new AppResults(inputs, app);
        return (BoreasJson.ToElement(new CommandWork(command, results.SourceIfAny(), results.Variables())), await SecretsAsync(app, [.. results.Secrets, .. results.SourceSecrets], [], cancellationToken));
    }

    private async Task<IReadOnlyDictionary<string, string>> SecretsAsync(AppSnapshot app, IEnumerable<NeededSecret> needed, IEnumerable<BuiltArtifact?> artifacts, CancellationToken cancellationToken)
    {
        var wanted = needed.ToList();
        var revealed = (await secrets.RevealAsync(app.App.Id, wanted, cancellationToken)).ToDictionary(s => s.Key, s => s.Value.Reveal(), StringComparer.Ordinal);
        if (wanted.Find(secret => !revealed.ContainsKey(secret.Key)) is { } gone)
            throw new JobFailureException(FailureKind.Failed, ProblemCodes.Invalid, $"{gone} of app '{app.App.Id}' is not there any more.", $"Set it again ('boreas apps secrets set {app.App.Id} {gone.Name}') and deploy anew, or deploy anew without it.");
        if (app.Registry is { HasPassword: true } registry)
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            if (secrets.RevealRegistryPassword(connection, registry.Name) is { } password) revealed[AppResults.RegistryPassword] = password.Reveal();
        }

        if (app.App.Source.Embedded) revealed[AppResults.RepositoryTicket] = repositories.Issue(app.App.Id, TicketLife);
        foreach (var artifact in artifacts.OfType<BuiltArtifact>()) revealed[artifact.RightKey()] = tickets.Issue(artifact.Digest, TicketLife);
        return revealed;
    }

    [LoggerMessage(Microsoft.Extensions.Logging.LogLevel.Error, "Job {JobId} could not be put together")]
    private partial void LogNotComposed(Exception e, string jobId);
}

using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;
using Boreas.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Boreas.Bench.Tasks;

/// <summary>Engine and journal on a database, without HTTP.</summary>
internal sealed class Plane(Database database, Journal journal) : IAsyncDisposable
{
    /// <summary>What a runner on this machine has; the tasks here ask for nothing.</summary>
    public static readonly IReadOnlySet<string> Labels = new HashSet<string> { "linux" };

    public Journal Journal => journal;

    public static Plane Open(string target)
    {
        var database = Database.Create(target);
        var journal = new Journal(database, TimeProvider.System, new JournalOptions(), NullLogger<Journal>.Instance);
        journal.Start();
        return new Plane(database, journal);
    }

    public static TaskSpec Nothing(string id, params string[] blockBy) => new(id, null, id, RunTaskType.Custom, "nothing", blockBy);

    /// <summary>Records a run and starts it, in one transaction.</summary>
    public static Task StartAsync(Journal journal, string id, IReadOnlyList<TaskSpec> tasks) =>
        journal.WriteAsync(transaction =>
        {
            if (transaction.Create(new RunCreated(transaction.Now, new RunHeader(id, "bench"), tasks), "default", out var problems) is null)
                throw new InvalidOperationException(problems[0].ToString());
            transaction.Handle(id, new StartRun("bench"));
        });

    /// <summary>Records runs of <paramref name="perRun"/> tasks each that depend on nothing, until there are <paramref name="count"/> tasks.</summary>
    public static async Task OfferAsync(Journal journal, int count, int perRun = 1000)
    {
        var name = Guid.NewGuid().ToString("n")[..8];
        for (var done = 0; done < count; done += perRun)
            await StartAsync(journal, $"{name}-{done / perRun}", [.. Enumerable.Range(0, Math.Min(perRun, count - done)).Select(i => Nothing($"t{i}"))]);
    }

    /// <summary>A worker: claims, then reports each task with the claim of the next in one commit, until there is none.</summary>
    /// <returns>How many tasks it did.</returns>
    public static async Task<int> WorkAsync(Journal journal, string worker, TimeSpan wait, Action? ended = null)
    {
        var done = 0;
        for (var claim = await journal.ClaimAsync(worker, Labels, wait, default); claim is not null; done++)
        {
            var current = claim;
            (var refusal, claim) = await journal.WriteAndClaimAsync(t => t.Handle(current.RunId, new ReportTask(current.TaskId, current.Epoch, null, null)), worker, Labels);
            if (refusal is not null) throw new InvalidOperationException(refusal.Message);
            ended?.Invoke();
        }

        return done;
    }

    public async ValueTask DisposeAsync()
    {
        await journal.DisposeAsync();
        await database.DisposeAsync();
    }
}

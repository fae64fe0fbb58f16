using System.Text.Json;

namespace Boreas.Simulation.Checking;

/// <summary>What SPEC.md lets one task do, followed event by event.</summary>
internal sealed class TaskRecord
{
    public TaskRecord(JsonElement spec, string? undoes)
    {
        Spec = spec.GetRawText();
        Id = spec.GetProperty("id").GetString()!;
        BlockBy = [.. spec.GetProperty("blockBy").EnumerateArray().Select(e => e.GetString()!)];
        MaxAttempts = spec.GetProperty("maxAttempts").GetInt32();
        NeedsConfirm = spec.GetProperty("requireConfirm").GetBoolean();
        Delay = TimeSpan.FromSeconds(spec.GetProperty("delaySeconds").GetInt32());
        HasUndo = spec.TryGetProperty("undo", out _);
        Undoes = undoes;
        App = spec.TryGetProperty("appId", out var app) ? app.GetString() : null;
        Executor = spec.GetProperty("executor").GetString()!;
    }

    /// <summary>As it stands in the event that brought it.</summary>
    public string Spec { get; }

    public string Id { get; }

    public string? App { get; }

    public string Executor { get; }

    public IReadOnlyList<string> BlockBy { get; }

    public int MaxAttempts { get; }

    public bool NeedsConfirm { get; }

    public TimeSpan Delay { get; }

    public bool HasUndo { get; }

    /// <summary>The task whose effect this one takes back.</summary>
    public string? Undoes { get; }

    /// <summary>Its attempt has ended with a question for people.</summary>
    public bool IsQuestioned { get; set; }

    /// <summary>In the words of the API: pending, running, success, failed, cancelled, rolled_back. Waiting and blocked count as pending.</summary>
    public string Status { get; set; } = "pending";

    public bool Confirmed { get; set; }

    public HashSet<string> Approvers { get; } = new(StringComparer.Ordinal);

    /// <summary>Attempts by epoch: who got it, when it began and ended.</summary>
    public List<Holding> Holdings { get; } = [];

    public int Failures { get; set; }

    public int Losses { get; set; }

    public DateTimeOffset? RetryAt { get; set; }

    /// <summary>Until when it was told to wait, for a freeze; null: it was not, or may begin since.</summary>
    public DateTimeOffset? HeldUntil { get; set; }

    /// <summary>When it succeeded, as its event says.</summary>
    public DateTimeOffset DoneAt { get; set; }

    /// <summary>When it last became possible to claim it, in time that really passed.</summary>
    public TimeSpan ReadySince { get; set; }

    public bool Says(TaskRecord other) =>
        BlockBy.SequenceEqual(other.BlockBy) && (MaxAttempts, NeedsConfirm, Delay, HasUndo) == (other.MaxAttempts, other.NeedsConfirm, other.Delay, other.HasUndo);

    public Holding? Holder => Holdings.Count > 0 && Holdings[^1].Ended is null ? Holdings[^1] : null;
}

/// <summary>One attempt in a runner's hands.</summary>
internal sealed class Holding(Happened claimed)
{
    public Happened Claimed { get; } = claimed;

    public long Epoch { get; } = claimed.Number("epoch");

    public string Runner { get; } = claimed.Text("runner")!;

    public string Lease { get; } = claimed.Text("lease")!;

    public Happened? Ended { get; set; }

    /// <summary>The work was done; with a question, people decide what that means.</summary>
    public bool Succeeded => Ended?.Name is "task.succeeded.1" or "task.questioned.1";

    /// <summary>Its holder did not end it itself.</summary>
    public bool Fenced => Ended?.Is("fenced") ?? false;
}

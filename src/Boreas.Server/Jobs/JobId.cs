using System.Globalization;

namespace Boreas.Server.Jobs;

/// <summary>The name of one attempt of a task: <c>{runId}.{taskId}.{attempt}</c>.</summary>
internal readonly record struct JobId(string RunId, string TaskId, int Attempt)
{
    public static bool TryParse(string text, out JobId id)
    {
        id = default;
        var (first, last) = (text.IndexOf('.', StringComparison.Ordinal), text.LastIndexOf('.'));
        if (first <= 0 || last <= first || !int.TryParse(text.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)) return false;
        id = new JobId(text[..first], text[(first + 1)..last], attempt);
        return true;
    }

    public override string ToString() => $"{RunId}.{TaskId}.{Attempt.ToString(CultureInfo.InvariantCulture)}";
}

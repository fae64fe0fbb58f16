using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;

namespace Boreas.Runner.Jobs;

/// <summary>What an executor has at hand for one attempt.</summary>
/// <param name="Ownership">Cancelled only when the job was taken from us: then nothing outside may be touched any more, because its new owner works on it.</param>
internal sealed record JobContext(ClaimedJob Job, JobLog Log, CancellationToken Ownership)
{
    /// <summary>Set by an executor that did its work and cannot tell whether all is well: a person decides.</summary>
    public string? Question { get; set; }

    /// <summary>The executor's input.</summary>
    /// <exception cref="JobFailedException">It is not of the expected shape.</exception>
    public T Work<T>()
    {
        try
        {
            return BoreasJson.Read<T>(Job.Work);
        }
        catch (JsonException e)
        {
            throw JobFailedException.Failed(ProblemCodes.Invalid, $"The work of this job cannot be read: {e.Message}", "The runner may be older or newer than the control plane; give both the same version.", e);
        }
    }

    /// <summary>The value of a secret of this job; null for a null name.</summary>
    /// <exception cref="JobFailedException">The job needs it and was not given it.</exception>
    public string? Secret(string? name)
    {
        if (name is null) return null;
        return Job.Secrets.TryGetValue(name, out var value) ? value
            : throw JobFailedException.Failed(ProblemCodes.Invalid, $"The secret '{name}' is needed here and is not stored.", $"Store it as a secret of the app: boreas secret set {Job.AppId ?? "APP"} {name}");
    }
}

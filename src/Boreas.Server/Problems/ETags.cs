using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.Http;

namespace Boreas.Server.Problems;

/// <summary>
/// The version of a thing as an entity tag: its number of changes, and when it was made, because a thing that was
/// deleted and made again begins to count anew.
/// </summary>
public static class ETags
{
    public static string Of(int version, DateTimeOffset createdAt) => $"\"{createdAt.ToUnixTimeMilliseconds():x}-{version}\"";

    /// <summary>Refuses a change that was made on another version than the present one; without <c>If-Match</c> every version is right.</summary>
    /// <exception cref="RequestRefusedException">412.</exception>
    public static void Demand(HttpRequest request, string present)
    {
        var wanted = request.Headers.IfMatch.SelectMany(h => (h ?? "").Split(',')).Select(t => t.Trim()).Where(t => t.Length > 0).ToList();
        if (wanted.Count == 0 || wanted.Contains("*") || wanted.Contains(present)) return;
        throw new RequestRefusedException(StatusCodes.Status412PreconditionFailed, ProblemCodes.PreconditionFailed,
            "Somebody else has changed this since you read it.", "Read it again, apply your change to what is there now, and send it with the new ETag.");
    }
}

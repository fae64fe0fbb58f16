using Boreas.Forge.Access;
using Microsoft.AspNetCore.Http;

namespace Boreas.Forge.Backend;

/// <summary>The start of Git's answer, given on to the client.</summary>
internal static class BackendAnswer
{
    /// <summary>Sets status and headers from what Git says first; false when that was no good answer and the client has been told.</summary>
    public static async Task<bool> BeginAsync(HttpResponse response, BackendRun run)
    {
        var head = await CgiHead.ReadAsync(run.Output, run.Cancelled);
        if (head is { Status: 200 })
        {
            response.ContentType = head.Headers.GetValueOrDefault("Content-Type");
            response.Headers.CacheControl = "no-cache, max-age=0, must-revalidate";
            return true;
        }

        var refusal = head is null
            ? new Refusal(StatusCodes.Status502BadGateway, "Git gave no answer. Is 'git http-backend' installed on the server?")
            : new Refusal(head.Status, "Git refused the request.");
        await refusal.WriteAsync(response, run.Cancelled);
        return false;
    }
}

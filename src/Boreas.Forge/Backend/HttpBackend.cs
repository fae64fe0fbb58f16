using Boreas.Forge.Access;
using Boreas.Forge.Repositories;
using Boreas.Processes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Boreas.Forge.Backend;

/// <summary>Starts <c>git http-backend</c> for one request, and bounds how many run at a time.</summary>
internal sealed partial class HttpBackend(ForgeOptions options, RepositoryStore store, ILogger<HttpBackend> log) : IDisposable
{
    private static readonly TimeSpan LongestTransfer = TimeSpan.FromHours(2);
    private static readonly TimeSpan LongestQueue = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _slots = new(options.MaxConcurrent);

    /// <summary>Starts the program for <paramref name="request"/>; null when all slots stay taken for half a minute.</summary>
    /// <param name="service"><c>git-upload-pack</c> or <c>git-receive-pack</c>.</param>
    /// <param name="advertise">True for <c>info/refs</c>, false for the service itself.</param>
    public async Task<BackendRun?> StartAsync(HttpRequest request, Visitor visitor, string service, bool advertise, CancellationToken cancel)
    {
        if (!await _slots.WaitAsync(LongestQueue, cancel)) return null;
        try
        {
            await store.OpenAsync(visitor.Repository, visitor.DeployBranch, cancel);
            var start = new ProgramStart("git", ["http-backend"])
            {
                Environment = Environment(request, visitor, service, advertise),
                WorkingDirectory = store.Root,
                Timeout = LongestTransfer,
                KillGrace = TimeSpan.FromSeconds(1),
            };
            var program = ProgramRunner.StartPiped(start, line =>
            {
                Said(visitor.Repository.Value, service, line);
                return ValueTask.CompletedTask;
            });
            return new BackendRun(program, _slots, TimeSpan.FromSeconds(options.IdleSeconds), cancel);
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    public void Dispose() => _slots.Dispose();

    private Dictionary<string, string> Environment(HttpRequest request, Visitor visitor, string service, bool advertise)
    {
        var result = GitProfile.Environment(store.Home, visitor.MaxPushBytes);
        result["GIT_PROJECT_ROOT"] = store.Root;
        result["GIT_HTTP_EXPORT_ALL"] = "1";
        result["PATH_INFO"] = $"/{visitor.Repository}.git/{(advertise ? "info/refs" : service)}";
        result["QUERY_STRING"] = advertise ? "service=" + service : "";
        result["REQUEST_METHOD"] = advertise ? "GET" : "POST";
        result["REMOTE_USER"] = visitor.User;
        result["REMOTE_ADDR"] = request.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (!advertise) result["CONTENT_TYPE"] = $"application/x-{service}-request";
        var protocol = request.Headers["Git-Protocol"].ToString();
        if (protocol.Length is > 0 and <= 100 && protocol.All(c => char.IsAsciiLetterOrDigit(c) || c is '=' or ':' or '.' or '-')) result["GIT_PROTOCOL"] = protocol;
        return result;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Repository}: {Service} says: {Line}")]
    private partial void Said(string repository, string service, string line);
}

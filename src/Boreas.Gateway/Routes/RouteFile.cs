using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Microsoft.Extensions.Logging;

namespace Boreas.Gateway.Routes;

/// <summary>
/// The last route table on disk. It is written whole beside the old one and renamed over it, so that a reader finds the
/// old table or the new one. A file that cannot be read is set aside for a person, and the gateway starts without routes.
/// </summary>
internal sealed partial class RouteFile(GatewayOptions options, ILogger<RouteFile> log)
{
    private readonly string _path = Path.Combine(options.DataDirectory, "routes.json");

    /// <summary>Null when there is none, or none that can be read.</summary>
    public async Task<RouteTable?> LoadAsync(CancellationToken cancellation)
    {
        if (!File.Exists(_path)) return null;
        try
        {
            await using var file = File.OpenRead(_path);
            return await JsonSerializer.DeserializeAsync<RouteTable>(file, BoreasJson.Options, cancellation) ?? throw new JsonException("there is no table in it");
        }
        catch (JsonException broken)
        {
            SetAside(broken.Message);
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            Unreadable(_path, unreadable.Message);
            return null;
        }
    }

    /// <summary>Keeps <paramref name="table"/>; a disk that refuses is logged and stops no traffic.</summary>
    public async Task SaveAsync(RouteTable table, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(options.DataDirectory);
            var draft = _path + ".new";
            await using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                await JsonSerializer.SerializeAsync(file, table, BoreasJson.Options, cancellation);
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, _path, overwrite: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            NotSaved(table.Version, _path, refused.Message);
        }
    }

    /// <summary>Moves the file out of the way, to <c>routes.json.broken</c>.</summary>
    public void SetAside(string why)
    {
        var aside = _path + ".broken";
        Broken(_path, why, aside);
        try
        {
            File.Move(_path, aside, overwrite: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Unreadable(aside, refused.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The saved routes {Path} are broken ({Why}). They are kept as {Aside}; the gateway starts without routes and asks the control plane.")]
    private partial void Broken(string path, string why, string aside);

    [LoggerMessage(LogLevel.Warning, "{Path} cannot be used: {Why}. Give the gateway's user the right to read and write there.")]
    private partial void Unreadable(string path, string why);

    [LoggerMessage(LogLevel.Error, "Route table {Version} serves, but could not be saved to {Path}: {Why}. After a restart without the control plane, older routes would serve.")]
    private partial void NotSaved(long version, string path, string why);
}

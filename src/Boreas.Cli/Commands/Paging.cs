using System.CommandLine;
using System.Globalization;
using Boreas.Cli.Api;

namespace Boreas.Cli.Commands;

/// <summary>The options of a list that comes in pages.</summary>
internal sealed class Paging
{
    private readonly Option<int?> limit = new("--limit") { Description = "At most this many", HelpName = "N" };
    private readonly Option<string?> cursor = new("--cursor") { Description = "Go on from here; the end of a page says from where", HelpName = "CURSOR" };

    public IEnumerable<Option> Options => [limit, cursor];

    public string Path(Call call, string path, params IEnumerable<(string Name, string? Value)> query) =>
        ApiPath.With(path, [.. query, ("limit", call.Get(limit)?.ToString(CultureInfo.InvariantCulture)), ("cursor", call.Get(cursor))]);

    public static void TellMore(Call call, string? next)
    {
        if (next is not null) call.Print.Note($"More: --cursor {next}");
    }
}

using System.CommandLine;
using System.Globalization;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Commands;

/// <summary>The options of a list that comes in pages.</summary>
internal sealed class Paging
{
    private readonly Option<int?> limit = new("--limit") { Description = "At most this many", HelpName = "N" };
    private readonly Option<string?> cursor = new("--cursor") { Description = "Go on from here; the end of a page says from where", HelpName = "CURSOR" };

    public IEnumerable<Option> Options => [limit, cursor];

    /// <summary>Asks for a page, and shows it as a table of what <paramref name="rows"/> makes of each item.</summary>
    public async Task<ExitCode> ShowAsync<T>(
        Call call, string path, IReadOnlyList<string> columns, Func<T, IEnumerable<IReadOnlyList<string?>>> rows, string none, CancellationToken cancel, params IEnumerable<(string Name, string? Value)> query)
    {
        var answer = await call.Api.GetAsync(ApiPath.With(path, [.. query, ("limit", call.Get(limit)?.ToString(CultureInfo.InvariantCulture)), ("cursor", call.Get(cursor))]), cancel);
        call.Print.Answer(answer, () =>
        {
            var page = answer.Read<Page<T>>();
            call.Print.Rows(columns, page.Items.SelectMany(rows), none);
            if (page.Next is not null) call.Print.Note($"More: --cursor {page.Next}");
        });
        return ExitCode.Ok;
    }
}

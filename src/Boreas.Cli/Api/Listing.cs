using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Api;

/// <summary>Reads lists, which come in pages.</summary>
internal static class Listing
{
    /// <summary>Every item of a list, page by page.</summary>
    public static async Task<IReadOnlyList<T>> AllAsync<T>(ApiClient api, string path, CancellationToken cancel, int limit = int.MaxValue)
    {
        var items = new List<T>();
        string? cursor = null;
        do
        {
            var page = (await api.GetAsync(Next(path, cursor), cancel)).Read<Page<T>>();
            items.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null && items.Count < limit);
        return items;
    }

    /// <summary>The one item whose id begins with <paramref name="text"/>, or that has it as one of its other names.</summary>
    public static T Unique<T>(IReadOnlyList<T> items, string noun, string text, Func<T, string> id, Func<T, string?>? name = null)
    {
        if (items.FirstOrDefault(item => id(item) == text) is { } exact) return exact;
        var named = name is null ? [] : items.Where(item => name(item) == text).ToList();
        if (named.Count == 1) return named[0];
        var found = named.Count > 1 ? named : items.Where(item => id(item).StartsWith(text, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new CommandFailure(ExitCode.NotFound, $"There is no {noun} '{text}'.", $"Look for it in the list of {noun}s."),
            _ => throw new CommandFailure(ExitCode.Usage, $"'{text}' could be {found.Count} {noun}s: {string.Join(", ", found.Take(5).Select(id))}{(found.Count > 5 ? ", …" : "")}.", "Write more of the id."),
        };
    }

    private static string Next(string path, string? cursor) =>
        cursor is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}cursor={Uri.EscapeDataString(cursor)}";
}

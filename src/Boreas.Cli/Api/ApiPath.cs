using Boreas.Cli.Output;

namespace Boreas.Cli.Api;

/// <summary>Builds paths below <c>api/v1</c> from parts that users typed.</summary>
internal static class ApiPath
{
    public static string Of(params IEnumerable<string> parts) => "api/v1/" + string.Join('/', parts.Select(Escape));

    /// <summary>Adds the query; parameters that are null are left out.</summary>
    public static string With(string path, params IEnumerable<(string Name, string? Value)> query)
    {
        var known = query.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}");
        return string.Join('&', known) is { Length: > 0 } text ? $"{path}?{text}" : path;
    }

    private static string Escape(string part) =>
        part is "" or "." or ".." ? throw new CommandFailure(ExitCode.NotFound, $"Nothing is named '{part}'.") : Uri.EscapeDataString(part);
}

using System.Diagnostics.CodeAnalysis;

namespace Boreas.Contracts.Values;

/// <summary>
/// Where a Git repository is reached: <c>https://</c>, <c>http://</c>, <c>ssh://</c> or the short form
/// <c>user@host:path</c>. Other transports (<c>ext::</c>, <c>file://</c>, local paths) can run programs or read the
/// machine's files and are refused, as are credentials inside the URL: they would be shown in process lists and logs.
/// </summary>
public readonly record struct RepositoryUrl : IParsedValue<RepositoryUrl>
{
    public const int MaxLength = 500;

    private RepositoryUrl(string value, string scheme, string host)
    {
        Value = value;
        Scheme = scheme;
        Host = host;
    }

    public string Value { get; }

    /// <summary><c>https</c>, <c>http</c> or <c>ssh</c> (also for the short form).</summary>
    public string Scheme { get; }

    /// <summary>Host name or address, without the port.</summary>
    public string Host { get; }

    public static bool TryParse(string? text, out RepositoryUrl value, [NotNullWhen(false)] out string? error)
    {
        const string Example = "; use https://host/path.git, ssh://git@host/path.git or git@host:path.git";
        value = default;
        error = null;
        if (string.IsNullOrEmpty(text))
            error = "must not be empty" + Example;
        else if (!ParsedValue.IsPlain(text, MaxLength) || text[0] == '-' || text.IndexOfAny(['\\', '"', '\'', '`', '$', ';', '|', '<', '>', '(', ')', '{', '}', '*', '^']) >= 0)
            error = $"must be at most {MaxLength} printable characters, without blanks, quotes or shell signs, and not start with a hyphen" + Example;
        else if (text.Contains("://", StringComparison.Ordinal))
            error = ParseUrl(text, out value) is { } problem ? problem + Example : null;
        else
            error = ParseShort(text, out value) ? null : "is neither a URL nor of the form user@host:path" + Example;
        return error is null;
    }

    public override string ToString() => Value;

    private static string? ParseUrl(string text, out RepositoryUrl value)
    {
        value = default;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)) return "is not a URL";
        if (uri.Scheme is not ("https" or "http" or "ssh")) return $"must not use the transport '{uri.Scheme}'";
        if (uri.Host.Length == 0 || !IsHost(uri.IdnHost)) return "has no valid host";
        if (uri.UserInfo.Contains(':', StringComparison.Ordinal) || (uri.Scheme != "ssh" && uri.UserInfo.Length > 0))
            return "must not carry credentials; store them as a secret of the app";
        // Git takes an encoded authority apart differently than we do: what is checked must be what is used.
        if (Authority(text).Contains('%', StringComparison.Ordinal)) return "must not have an encoded host or user";
        if (uri.UserInfo.Length > 0 && !IsUser(uri.UserInfo)) return "has a user that is none: letters, digits, '_', '.' and '-', not starting with a hyphen";
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0) return "must not have a query or a fragment";
        if (uri.AbsolutePath.Length < 2 || HasDotSegment(text)) return "needs a path without '.' or '..' segments";
        value = new RepositoryUrl(text, uri.Scheme, uri.Host);
        return null;
    }

    private static bool ParseShort(string text, out RepositoryUrl value)
    {
        value = default;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || colon < at + 2 || colon == text.Length - 1) return false;
        var host = text[(at + 1)..colon];
        var path = text[(colon + 1)..];
        if (!IsHost(host) || path[0] is ':' or '-' || !IsUser(text[..at]) || HasDotSegment(path)) return false;
        value = new RepositoryUrl(text, "ssh", host);
        return true;
    }

    private static bool IsHost(string host) => host.Length > 0 && host[0] != '-' && Uri.CheckHostName(host) != UriHostNameType.Unknown;

    private static bool IsUser(string user) => user[0] != '-' && user.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static string Authority(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.IndexOf('/', start);
        return end < 0 ? url[start..] : url[start..end];
    }

    private static bool HasDotSegment(string path) =>
        Uri.UnescapeDataString(path).Split('/', '\\').Any(part => part is "." or "..");
}

using Boreas.Runner.Jobs;

namespace Boreas.Runner.Registries;

/// <summary>
/// An image reference taken apart: <c>[host[:port]/]path[:tag][@sha256:…]</c>. The first part is a host when it holds a dot
/// or a colon, or is <c>localhost</c>; else the image is Docker Hub's.
/// </summary>
/// <param name="Text">The whole reference with its host, as engines take it.</param>
internal sealed record ImageAddress(string Text, string Host, string Repository, string? Tag, string? Digest)
{
    public const string DockerHub = "docker.io";

    /// <summary>What names the manifest in the registry's API: the digest when there is one, else the tag.</summary>
    public string Manifest => Digest ?? Tag ?? "latest";

    /// <summary>The same repository by digest.</summary>
    public string AtDigest(string digest) => $"{Host}/{Repository}@{digest}";

    /// <exception cref="JobFailedException">It is not a reference; the message says why.</exception>
    public static ImageAddress Parse(string text)
    {
        var rest = text;
        string? digest = null, tag = null;
        if (rest.Split('@') is [var name, var at]) (rest, digest) = (name, at);
        var slash = rest.LastIndexOf('/');
        if (rest.LastIndexOf(':') is > 0 and var colon && colon > slash) (rest, tag) = (rest[..colon], rest[(colon + 1)..]);
        var first = rest.IndexOf('/', StringComparison.Ordinal);
        var host = first > 0 && (rest[..first] == "localhost" || rest[..first].AsSpan().IndexOfAny('.', ':') >= 0) ? rest[..first] : null;
        var path = host is null ? rest : rest[(first + 1)..];
        if (host is null or "index.docker.io") host = DockerHub;
        if (host == DockerHub && !path.Contains('/', StringComparison.Ordinal)) path = "library/" + path;
        if (Problem(host, path, tag, digest) is { } problem) throw JobFailedException.Invalid($"The image reference '{text}'", problem);
        return new ImageAddress($"{host}/{path}{(digest is null ? ":" + (tag ?? "latest") : "@" + digest)}", host, path, tag, digest);
    }

    private static string? Problem(string host, string path, string? tag, string? digest)
    {
        if (!Uri.TryCreate("http://" + host, UriKind.Absolute, out var uri) || uri.Authority.Length == 0 || host.StartsWith('-') || host.AsSpan().IndexOfAny("@?#\\ ") >= 0) return "has no valid host";
        if (path.Length is 0 or > 255 || path.Split('/').Any(part => !IsName(part))) return "must have a path of lower-case letters, digits, and single '.', '_' or '-' between them";
        if (tag is not null && (tag.Length is 0 or > 128 || tag[0] is '.' or '-' || !tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'))) return "has a tag that is not allowed";
        if (digest is not null && (digest.Length != 71 || !digest.StartsWith("sha256:", StringComparison.Ordinal) || !digest[7..].All(char.IsAsciiHexDigitLower))) return "has a digest that is not sha256: and 64 hexadecimal digits";
        return null;
    }

    private static bool IsName(string part) =>
        part.Length > 0 && char.IsAsciiLetterOrDigit(part[0]) && char.IsAsciiLetterOrDigit(part[^1]) && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');
}

using System.Net.Http.Headers;
using System.Text;

namespace Boreas.Forge.Access;

/// <summary>
/// The token that a Git client sent: as the password of Basic (Git's own way, the user name does not matter) or as
/// Bearer. It is handed on to the control plane and never kept, logged or shown.
/// </summary>
internal static class ClientToken
{
    private const int MaxLength = 1000;

    /// <summary>The token in the header <c>Authorization</c>, or null when there is none that could be one.</summary>
    public static string? From(string? header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var value) || value.Parameter is not { Length: > 0 and <= 4 * MaxLength } parameter) return null;
        var token = value.Scheme.ToUpperInvariant() switch
        {
            "BEARER" => parameter,
            "BASIC" => Password(parameter),
            _ => null,
        };
        return token is { Length: > 0 and <= MaxLength } && token.All(c => c is > ' ' and <= '~') ? token : null;
    }

    private static string? Password(string base64)
    {
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }
}

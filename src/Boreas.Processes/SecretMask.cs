using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace Boreas.Processes;

/// <summary>
/// Replaces secrets by <c>***</c> in text that leaves us. A secret is found as it is, line by line when it has several,
/// URL-encoded, as JSON, and as Base64, also in the middle of a longer Base64 text such as a Basic login.
/// Values shorter than four characters are not masked: they would hit everything.
/// </summary>
public sealed class SecretMask
{
    public const string Replacement = "***";
    public const int MinLength = 4;

    // A piece of Base64 shorter than this is found by chance in any hash.
    private const int MinPiece = 8;

    private readonly string[] _forms;
    private readonly SearchValues<string> _any;

    public SecretMask(IEnumerable<string> secrets)
    {
        _forms = [.. secrets.SelectMany(Forms).Where(form => form.Length >= MinLength).Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length)];
        _any = SearchValues.Create(_forms, StringComparison.Ordinal);
    }

    public static SecretMask None { get; } = new([]);

    public string Mask(string text)
    {
        if (_forms.Length == 0 || !text.AsSpan().ContainsAny(_any)) return text;
        foreach (var form in _forms) text = text.Replace(form, Replacement, StringComparison.Ordinal);
        return text;
    }

    private static IEnumerable<string> Forms(string secret)
    {
        var lines = secret.Split(['\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var value in lines.Append(secret).Append(secret.Trim()).Distinct(StringComparer.Ordinal).Where(value => value.Length >= MinLength))
        {
            yield return value;
            var escaped = Uri.EscapeDataString(value);
            yield return escaped;
            yield return LowerHex(escaped);
            yield return escaped.Replace("%20", "+", StringComparison.Ordinal);
            yield return JavaScriptEncoder.Default.Encode(value);
            yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value);
            var bytes = Encoding.UTF8.GetBytes(value);
            var whole = Convert.ToBase64String(bytes);
            yield return whole;
            yield return UrlSafe(whole);
            for (var shift = 0; shift < 3; shift++)
            {
                if (Inside(bytes, shift) is not { Length: >= MinPiece } piece) continue;
                yield return piece;
                yield return UrlSafe(piece);
            }
        }
    }

    /// <summary>The characters of the Base64 text that depend on <paramref name="bytes"/> alone when <paramref name="shift"/> bytes precede them.</summary>
    private static string Inside(byte[] bytes, int shift)
    {
        var encoded = Convert.ToBase64String([.. new byte[shift], .. bytes]);
        var first = (shift * 8 + 5) / 6;
        var last = (shift + bytes.Length) * 8 / 6;
        return last > first ? encoded[first..last] : "";
    }

    private static string UrlSafe(string base64) => base64.TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string LowerHex(string escaped)
    {
        var result = new StringBuilder(escaped);
        for (var i = 0; i + 2 < escaped.Length; i++)
        {
            if (escaped[i] != '%') continue;
            result[i + 1] = char.ToLowerInvariant(escaped[i + 1]);
            result[i + 2] = char.ToLowerInvariant(escaped[i + 2]);
        }

        return result.ToString();
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Boreas.Contracts.Access;

namespace Boreas.Server.Access;

/// <summary>
/// The text of a token: <c>brs_{kind}_{43 base64url characters}</c>, 256 random bits. The database has only its SHA-256;
/// with that much randomness nothing slower is needed. It is found by that hash, so no comparison leaks by its time.
/// </summary>
internal static class TokenSecret
{
    private const int MaxLength = 60;

    public static string New(TokenKind kind) => $"brs_{NameOf(kind)}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public static bool LooksLikeOne(string text) => text.Length <= MaxLength && text.StartsWith("brs_", StringComparison.Ordinal);

    private static string NameOf(TokenKind kind) => kind switch
    {
        TokenKind.User => "user",
        TokenKind.Runner => "runner",
        TokenKind.Agent => "agent",
        TokenKind.Gateway => "gateway",
        TokenKind.Forge => "forge",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

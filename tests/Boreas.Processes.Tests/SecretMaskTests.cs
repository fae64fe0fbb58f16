using System.Text;
using System.Text.Json;

namespace Boreas.Processes.Tests;

public sealed class SecretMaskTests
{
    private const string Secret = "p@ss \"word\"/+ü&x";
    private static readonly SecretMask Mask = new([Secret]);

    public static TheoryData<string> Forms => new(
        Secret,
        Uri.EscapeDataString(Secret),
        Uri.EscapeDataString(Secret).Replace("%2F", "%2f", StringComparison.Ordinal).Replace("%2B", "%2b", StringComparison.Ordinal).Replace("%C3%BC", "%c3%bc", StringComparison.Ordinal),
        JsonSerializer.Serialize(Secret)[1..^1],
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)));

    [Theory]
    [MemberData(nameof(Forms))]
    public void EveryFormOfASecretIsMasked(string form) => Assert.Equal("before *** after", Mask.Mask($"before {form} after"));

    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("git")]
    public void ASecretInsideABasicLoginIsMasked(string user)
    {
        var token = "ghp_0123456789abcdefXYZ";
        var header = Convert.ToBase64String(Encoding.UTF8.GetBytes(user + ":" + token));
        var masked = new SecretMask([token]).Mask("Authorization: Basic " + header);
        Assert.Contains("***", masked, StringComparison.Ordinal);
        Assert.DoesNotContain(header[^12..^4], masked, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryLineOfAKeyIsMasked()
    {
        var mask = new SecretMask(["-----BEGIN KEY-----\nfirstline\nsecondline\n-----END KEY-----\n"]);
        Assert.Equal("got ***", mask.Mask("got secondline"));
    }

    [Fact]
    public void TheLongerOfTwoSecretsIsMaskedWhole() =>
        Assert.Equal("***", new SecretMask(["abcd", "abcdefgh"]).Mask("abcdefgh"));

    [Fact]
    public void ShortValuesAndOtherTextStayAsTheyAre()
    {
        Assert.Equal("abc is no secret", new SecretMask(["abc", ""]).Mask("abc is no secret"));
        Assert.Equal("text", SecretMask.None.Mask("text"));
    }
}

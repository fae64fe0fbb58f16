namespace Boreas.Server.Deployments;

/// <summary>Ids that sort by the time they were made: a prefix, 9 characters of time, 7 of chance; lower-case base 32.</summary>
internal static class NewId
{
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <param name="below">A number by chance, of 0 … below its argument.</param>
    public static string For(string prefix, DateTimeOffset now, Func<int, int> below) => string.Create(prefix.Length + 17, (prefix, now, below), static (span, state) =>
    {
        state.prefix.CopyTo(span);
        span[state.prefix.Length] = '-';
        var at = span[(state.prefix.Length + 1)..];
        var time = state.now.ToUnixTimeMilliseconds();
        for (var i = 8; i >= 0; i--, time >>= 5) at[i] = Digits[(int)(time & 31)];
        for (var i = 9; i < 16; i++) at[i] = Digits[state.below(32)];
    });
}

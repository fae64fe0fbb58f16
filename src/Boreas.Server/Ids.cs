using System.Security.Cryptography;

namespace Boreas.Server;

/// <summary>New names of things that users do not name: <c>env-7k2m…</c>, 80 random bits, safe in URLs, file names and host names.</summary>
public static class Ids
{
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

    public static string New(string prefix) => prefix + "-" + RandomNumberGenerator.GetString(Alphabet, 16);
}

namespace Boreas.Processes;

/// <summary>
/// The few variables that nearly every program needs: where programs and the home folder are, how to reach the container
/// engine, and the proxy and certificate settings of this machine. Everything else of our own environment (tokens,
/// connection strings) stays with us.
/// </summary>
public static class BaseEnvironment
{
    private static readonly string[] Passed =
    [
        "PATH", "HOME", "LANG", "TMPDIR", "TZ", "USER",
        "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "CONTAINERS_REGISTRIES_CONF", "XDG_RUNTIME_DIR", "DOCKER_HOST", "CONTAINER_HOST",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "PIP_CERT", "REQUESTS_CA_BUNDLE",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
        "DOTNET_ROOT", "JAVA_HOME",
    ];

    private static readonly string[] PassedPrefixes = ["NUGET_", "npm_config_"];

    // Settings of package clients may be credentials; those come as secrets of the app, never from the machine.
    private static readonly string[] NeverPassed = ["auth", "token", "password", "secret", "credential", "apikey", "api_key"];

    /// <summary>A new dictionary that the caller may add to.</summary>
    public static Dictionary<string, string> Create()
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            var name = (string)entry.Key;
            if (IsPassed(name) && entry.Value is string { Length: > 0 } value) result[name] = value;
        }

        result.TryAdd("PATH", ProgramPath.Default);
        result.TryAdd("HOME", "/");
        result.TryAdd("LANG", "C.UTF-8");
        return result;
    }

    /// <summary>The base with <paramref name="additions"/> on top.</summary>
    public static Dictionary<string, string> With(params IEnumerable<KeyValuePair<string, string>> additions)
    {
        var result = Create();
        foreach (var (name, value) in additions) result[name] = value;
        return result;
    }

    private static bool IsPassed(string name) =>
        Array.IndexOf(Passed, name) >= 0
        || (PassedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            && !NeverPassed.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)));
}

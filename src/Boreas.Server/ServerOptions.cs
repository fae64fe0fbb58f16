namespace Boreas.Server;

/// <summary>What an operator can set about a control plane.</summary>
public sealed record ServerOptions
{
    /// <summary>Folder for the database, keys and artifacts; created with mode 0700 when it is missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Path of an SQLite file, or <c>postgres://…</c>. Default: <c>boreas.db</c> in <see cref="DataDirectory"/>.</summary>
    public string? Database { get; init; }

    /// <summary>The address that people use. Cookie-authenticated changes are accepted from its origin; null: from the host that was asked.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Where runners and people reach the embedded Git when it is a process of its own; null: at this server's address.</summary>
    public Uri? GitUrl { get; init; }

    /// <summary>How many apps a user may have running or deploying; 1–1000.</summary>
    public int MaxAppsPerUser { get; init; } = 3;

    /// <summary>How long a runner may be silent before its task is given to another, in seconds; 2–300.</summary>
    public int LeaseSeconds { get; init; } = 15;

    /// <summary>How long what a deployment replaced stays, where the deployment does not say, in seconds; 0–86400.</summary>
    public int KeepWarmSeconds { get; init; } = 60;

    /// <summary>How many of an app's newest images stay in its registry, whatever needs them, 0–1000; 0: all.</summary>
    public int KeepImages { get; init; } = 3;

    /// <summary>The same as the number that stays; null: all.</summary>
    internal int? KeptImages => KeepImages == 0 ? null : KeepImages;

    /// <summary>Whether cookies carry <c>Secure</c>; null: when the request or <see cref="PublicUrl"/> is https.</summary>
    public bool? SecureCookies { get; init; }

    /// <summary>
    /// Whether repositories and registries may be on private or loopback addresses. True, because a self-hosted forge
    /// usually is; set false where users are not trusted with the network that runners are in.
    /// </summary>
    public bool AllowPrivateNetworks { get; init; } = true;

    /// <summary>Cap on a request's body, in bytes; uploads of artifacts have their own.</summary>
    public long MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>The address under which runners and people reach this server, without a slash at the end.</summary>
    internal string AddressForParts => (PublicUrl?.ToString() ?? "http://127.0.0.1:5080").TrimEnd('/');

    /// <summary>The address of the embedded Git, without a slash at the end.</summary>
    internal string GitAddress => GitUrl?.ToString().TrimEnd('/') ?? AddressForParts;

    internal string DatabaseTarget => Database ?? Path.Combine(DataDirectory, "boreas.db");

    /// <summary>Names every setting that is out of range, and its range.</summary>
    /// <exception cref="InvalidOperationException">One is.</exception>
    public ServerOptions Validated()
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(DataDirectory)) problems.Add("DataDirectory must name a folder.");
        if (PublicUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https"))) problems.Add("PublicUrl must be an http or https URL.");
        if (GitUrl is { } git && (!git.IsAbsoluteUri || git.Scheme is not ("http" or "https"))) problems.Add("GitUrl must be an http or https URL.");
        if (MaxAppsPerUser is < 1 or > 1000) problems.Add("MaxAppsPerUser must be 1 to 1000.");
        if (LeaseSeconds is < 2 or > 300) problems.Add("LeaseSeconds must be 2 to 300.");
        if (KeepImages is < 0 or > 1000) problems.Add("KeepImages must be 0 to 1000.");
        if (KeepWarmSeconds is < 0 or > 86_400) problems.Add("KeepWarmSeconds must be 0 to 86400.");
        if (MaxBodyBytes is < 1024 or > 64 * 1024 * 1024) problems.Add("MaxBodyBytes must be 1024 to 67108864.");
        return problems.Count == 0 ? this : throw new InvalidOperationException(string.Join(" ", problems));
    }
}

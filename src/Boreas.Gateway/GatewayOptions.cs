namespace Boreas.Gateway;

/// <summary>What a gateway needs to know. Everything but the first four has a default that fits one machine and a small fleet.</summary>
public sealed record GatewayOptions
{
    /// <summary>Base URL of the control plane.</summary>
    public required Uri ControlPlane { get; init; }

    /// <summary>The gateway's token; asked before every call, and empty while it is not known yet.</summary>
    public required Func<string> Token { get; init; }

    /// <summary>Unique among the gateways of one control plane: roll-outs wait for each of them by this name.</summary>
    public required string Name { get; init; }

    /// <summary>Where <c>routes.json</c> is kept, so that a restart serves while the control plane is away.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>How long a request may go without a byte in either direction, 1 s to 1 h. Upgraded connections have no such limit.</summary>
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How long connecting to an instance may take before another one is tried, 50 ms to 60 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long an unused connection to an instance is kept, 1 s to 10 min. Shorter than what common servers keep (Node.js
    /// and Uvicorn 5 s), so that it is the gateway that closes first and not the instance while a request is on its way.
    /// </summary>
    public TimeSpan IdleConnectionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an instance that refused a connection is passed over while others are there, 0 to 60 s.</summary>
    public TimeSpan SuspectTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the status is sent when nothing happens, 100 ms to 60 s.</summary>
    public TimeSpan StatusInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the control plane may hold a question for new routes, 1 to 30.</summary>
    public int PollSeconds { get; init; } = 25;

    /// <summary>
    /// Whether <c>X-Forwarded-For</c>, <c>-Host</c> and <c>-Proto</c> of the request are believed and continued: only where
    /// every request comes through a proxy of yours. Otherwise what the client wrote there is replaced.
    /// </summary>
    public bool TrustForwardedHeaders { get; init; }

    /// <summary>Reports every value out of range at once.</summary>
    /// <exception cref="ArgumentException">Names each option, what it is and what is allowed.</exception>
    internal GatewayOptions Checked()
    {
        var errors = new List<string>();
        if (!ControlPlane.IsAbsoluteUri || ControlPlane.Scheme is not ("http" or "https"))
            errors.Add($"{nameof(ControlPlane)} is '{ControlPlane}': give an absolute http or https URL, for example http://127.0.0.1:5080");
        if (string.IsNullOrWhiteSpace(Name)) errors.Add($"{nameof(Name)} is empty: give this gateway a name that no other gateway has");
        if (string.IsNullOrWhiteSpace(DataDirectory)) errors.Add($"{nameof(DataDirectory)} is empty: give a folder that the gateway may write to");
        Range(nameof(ActivityTimeout), ActivityTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Range(nameof(ConnectTimeout), ConnectTimeout, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(60));
        Range(nameof(IdleConnectionTimeout), IdleConnectionTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Range(nameof(SuspectTime), SuspectTime, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Range(nameof(StatusInterval), StatusInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60));
        if (PollSeconds is < 1 or > 30) errors.Add($"{nameof(PollSeconds)} is {PollSeconds}: give 1 to 30");
        return errors.Count == 0 ? this : throw new ArgumentException("The gateway's options: " + string.Join("; ", errors) + ".");

        void Range(string name, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most) errors.Add($"{name} is {value}: give {least} to {most}");
        }
    }
}

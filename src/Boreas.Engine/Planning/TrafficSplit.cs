namespace Boreas.Engine.Planning;

/// <summary>How a share of traffic becomes weights of instances.</summary>
public static class TrafficSplit
{
    /// <summary>The largest weight of an instance.</summary>
    public const int MaxWeight = 1000;

    /// <summary>
    /// Weights, each 0 to <see cref="MaxWeight"/>, of <paramref name="newCount"/> new and <paramref name="oldCount"/> old
    /// instances, so that the new ones together get <paramref name="share"/> of the requests.
    /// </summary>
    public static (int New, int Old) Weights(int newCount, int oldCount, double share)
    {
        if (oldCount == 0 || share >= 1) return (MaxWeight, 0);
        if (newCount == 0 || share <= 0) return (0, MaxWeight);
        var (each, other) = (share / newCount, (1 - share) / oldCount);
        var scale = MaxWeight / Math.Max(each, other);

        // Whichever is small is not rounded away: a canary without traffic would never be judged.
        return (Math.Max(1, (int)Math.Round(each * scale)), Math.Max(1, (int)Math.Round(other * scale)));
    }
}

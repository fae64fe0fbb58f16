namespace Boreas.Contracts.Environments;

/// <summary>A span in which deployments to an environment wait. Builds go on, and roll-backs are let through.</summary>
/// <param name="TimeZone">IANA name: <c>Europe/Berlin</c>.</param>
/// <param name="Start">Local: <c>2025-12-24T18:00</c> for once, <c>fri 16:00</c> for every week, <c>22:00</c> for the <c>Days</c>.</param>
/// <param name="End">Of the same form as the start. A time of day that is not after it is on the next day.</param>
/// <param name="Days">With times of day: the days on which it begins; none: every day.</param>
public sealed record Freeze(string Name, string TimeZone, string Start, string End, IReadOnlyList<Weekday>? Days = null);

public enum Weekday
{
    Sun,
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
}

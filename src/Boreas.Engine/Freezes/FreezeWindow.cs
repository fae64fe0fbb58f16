using System.Globalization;

namespace Boreas.Engine.Freezes;

/// <summary>
/// A span of local time in which nothing is deployed: once, or again and again from certain weekdays on. A local time
/// that the clock skips in spring counts as one that is as much later; of the two that it shows twice in autumn a
/// window begins at the first and ends at the second.
/// </summary>
public sealed class FreezeWindow
{
    private const string OnceFormat = "yyyy-MM-dd'T'HH:mm", TimeFormat = "HH:mm";
    private const string Forms = "must be a local date and time (2025-12-24T18:00), a weekday and time (fri 16:00), or a time (22:00)";

    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private static readonly DayOfWeek[] EveryDay = Enum.GetValues<DayOfWeek>();

    private readonly TimeZoneInfo _zone;
    private readonly DateTime? _date;
    private readonly IReadOnlyCollection<DayOfWeek> _days;
    private readonly TimeSpan _from;
    private readonly TimeSpan _length;

    /// <param name="date">The day on which it begins once; null: <paramref name="days"/> on which it begins.</param>
    /// <param name="length">From the local time at which it begins to that at which it ends.</param>
    private FreezeWindow(string name, TimeZoneInfo zone, DateTime? date, IReadOnlyCollection<DayOfWeek> days, TimeSpan from, TimeSpan length) =>
        (Name, _zone, _date, _days, _from, _length) = (name, zone, date, days, from, length);

    public string Name { get; }

    /// <summary>The window, or null and which of its fields is wrong and how it must be.</summary>
    /// <param name="start"><c>2025-12-24T18:00</c> for once, <c>fri 16:00</c> for every week, <c>22:00</c> for the <paramref name="days"/>.</param>
    /// <param name="end">Of the same form. A time that is not after the start is on the next day, or in the next week.</param>
    /// <param name="days">With times of day: the days on which it begins; none: every day.</param>
    public static FreezeWindow? TryParse(string name, TimeZoneInfo zone, string start, string end, IReadOnlyCollection<DayOfWeek> days, out (string Field, string Message) wrong)
    {
        wrong = default;
        if (days.Count > 0 && !IsTime(start)) wrong = ("days", "go with a start and an end that are times of day");
        else if (IsDate(start, out var first))
        {
            if (!IsDate(end, out var last)) wrong = ("end", "must be a local date and time, as the start is");
            else if (last <= first) wrong = ("end", "must be after the start");
            else return new FreezeWindow(name, zone, first.Date, [], first.TimeOfDay, last - first);
        }
        else if (IsWeekly(start, out var firstDay, out var from))
        {
            if (!IsWeekly(end, out var lastDay, out var to)) wrong = ("end", "must be a weekday and time, as the start is");
            else
            {
                var length = TimeSpan.FromDays(lastDay - firstDay) + (to - from);
                return new FreezeWindow(name, zone, null, [firstDay], from, length > TimeSpan.Zero ? length : length + TimeSpan.FromDays(7));
            }
        }
        else if (IsTime(start, out from))
        {
            if (!IsTime(end, out var to)) wrong = ("end", "must be a time of day, as the start is");
            else return new FreezeWindow(name, zone, null, days.Count > 0 ? days : EveryDay, from, to > from ? to - from : to - from + TimeSpan.FromDays(1));
        }
        else
        {
            wrong = ("start", Forms);
        }

        return null;
    }

    /// <summary>When the span ends that <paramref name="now"/> is in; null when it is in none.</summary>
    public DateTimeOffset? FrozenUntil(DateTimeOffset now)
    {
        var today = TimeZoneInfo.ConvertTime(now, _zone).Date;
        DateTimeOffset? until = null;
        for (var day = _date ?? today - _length.Add(TimeSpan.FromDays(2)).Days * TimeSpan.FromDays(1); day <= (_date ?? today.AddDays(1)); day = day.AddDays(1))
        {
            if (_date is null && !_days.Contains(day.DayOfWeek)) continue;
            var end = Moment(day + _from + _length, second: true);
            if (Moment(day + _from, second: false) <= now && now < end && !(until > end)) until = end;
        }

        return until;
    }

    /// <summary>A moment as people in the window's zone say it.</summary>
    public string Say(DateTimeOffset moment) => string.Create(CultureInfo.InvariantCulture, $"{TimeZoneInfo.ConvertTime(moment, _zone):yyyy-MM-dd HH:mm} {_zone.Id}");

    /// <param name="second">Of a time that the clock shows twice.</param>
    private DateTimeOffset Moment(DateTime local, bool second)
    {
        var offset = _zone.IsInvalidTime(local) ? _zone.GetUtcOffset(local.AddDays(-1))
            : !_zone.IsAmbiguousTime(local) ? _zone.GetUtcOffset(local)
            : second ? _zone.GetAmbiguousTimeOffsets(local).Min() : _zone.GetAmbiguousTimeOffsets(local).Max();
        return new DateTimeOffset(local, offset);
    }

    private static bool IsDate(string text, out DateTime date) =>
        DateTime.TryParseExact(text, OnceFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static bool IsWeekly(string text, out DayOfWeek day, out TimeSpan time)
    {
        (day, time) = (default, default);
        if (text.Split(' ') is not [var name, var clock]) return false;
        day = (DayOfWeek)Array.FindIndex(DayNames, d => d.Equals(name, StringComparison.OrdinalIgnoreCase));
        return day >= 0 && IsTime(clock, out time);
    }

    private static bool IsTime(string text) => IsTime(text, out _);

    private static bool IsTime(string text, out TimeSpan time)
    {
        var isTime = TimeOnly.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed);
        time = parsed.ToTimeSpan();
        return isTime;
    }
}

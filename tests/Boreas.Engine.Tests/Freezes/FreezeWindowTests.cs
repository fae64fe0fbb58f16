using System.Globalization;
using Boreas.Engine.Freezes;

namespace Boreas.Engine.Tests.Freezes;

/// <summary>When an environment is frozen: local spans, once and recurring, where clocks are changed too.</summary>
public sealed class FreezeWindowTests
{
    private static readonly DayOfWeek[] Weekdays = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    [Theory]
    [InlineData("2025-12-24T16:59:59Z", null)]
    [InlineData("2025-12-24T17:00:00Z", "2026-01-02T07:00:00Z")]
    [InlineData("2026-01-02T06:59:59Z", "2026-01-02T07:00:00Z")]
    [InlineData("2026-01-02T07:00:00Z", null)]
    public void Once(string now, string? until) => Is(until, now, "2025-12-24T18:00", "2026-01-02T08:00");

    [Theory]
    [InlineData("2026-02-06T14:59:59Z", null)]
    [InlineData("2026-02-06T15:00:00Z", "2026-02-09T07:00:00Z")]
    [InlineData("2026-02-08T12:00:00Z", "2026-02-09T07:00:00Z")]
    [InlineData("2026-02-09T07:00:00Z", null)]
    [InlineData("2026-02-11T12:00:00Z", null)]
    public void EveryWeekFromADayToAnother(string now, string? until) => Is(until, now, "fri 16:00", "Mon 08:00");

    [Theory]
    [InlineData("2026-02-04T12:00:00Z", "2026-02-10T11:00:00Z")]
    [InlineData("2026-02-10T11:30:00Z", null)]
    public void EveryWeekButForAnHour(string now, string? until) => Is(until, now, "tue 13:00", "tue 12:00");

    [Theory]
    [InlineData("2026-02-06T21:30:00Z", "2026-02-07T05:00:00Z")]
    [InlineData("2026-02-07T04:59:59Z", "2026-02-07T05:00:00Z")]
    [InlineData("2026-02-07T05:00:00Z", null)]
    [InlineData("2026-02-07T21:30:00Z", null)]
    public void NightsThatBeginOnTheDays(string now, string? until) => Is(until, now, "22:00", "06:00", Weekdays);

    [Theory]
    [InlineData("2026-02-07T08:00:00Z", "2026-02-07T16:00:00Z")]
    [InlineData("2026-02-07T07:59:59Z", null)]
    public void EveryDayWithoutDays(string now, string? until) => Is(until, now, "09:00", "17:00");

    /// <summary>Berlin skips 02:00 to 03:00 on 2026-03-29.</summary>
    [Theory]
    [InlineData("2026-03-29T00:59:59Z", null)]
    [InlineData("2026-03-29T01:29:59Z", null)]
    [InlineData("2026-03-29T01:30:00Z", "2026-03-29T03:00:00Z")]
    public void AStartThatTheClockSkipsIsAsMuchLater(string now, string? until) => Is(until, now, "02:30", "05:00");

    /// <summary>Berlin shows 02:00 to 03:00 twice on 2026-10-25.</summary>
    [Theory]
    [InlineData("2026-10-25T00:29:59Z", null)]
    [InlineData("2026-10-25T00:30:00Z", "2026-10-25T01:45:00Z")]
    [InlineData("2026-10-25T01:30:00Z", "2026-10-25T01:45:00Z")]
    [InlineData("2026-10-25T01:45:00Z", null)]
    public void OfTwoEqualTimesItBeginsAtTheFirstAndEndsAtTheSecond(string now, string? until) => Is(until, now, "02:30", "02:45");

    [Theory]
    [InlineData("2026-03-27T15:00:00Z", "2026-03-30T06:00:00Z")]
    [InlineData("2026-10-23T14:00:00Z", "2026-10-26T07:00:00Z")]
    public void AWeekendKeepsItsLocalTimesWhenTheClockIsChangedInIt(string now, string? until) => Is(until, now, "fri 16:00", "mon 08:00");

    [Fact]
    public void TheEndIsSaidInTheWindowsOwnTime() =>
        Assert.Equal("2026-01-02 08:00 Europe/Berlin", Window("22:00", "06:00").Say(At("2026-01-02T07:00:00Z")));

    [Theory]
    [InlineData("start", "tomorrow", "2026-01-02T08:00")]
    [InlineData("start", "fry 16:00", "mon 08:00")]
    [InlineData("start", "24:00", "06:00")]
    [InlineData("end", "2025-12-24T18:00", "08:00")]
    [InlineData("end", "2025-12-24T18:00", "2025-12-24T18:00")]
    [InlineData("end", "fri 16:00", "08:00")]
    [InlineData("end", "22:00", "mon 08:00")]
    [InlineData("days", "fri 16:00", "mon 08:00", DayOfWeek.Friday)]
    public void WhatIsNoWindowIsNamedByItsField(string field, string start, string end, params DayOfWeek[] days)
    {
        Assert.Null(FreezeWindow.TryParse("x", TimeZoneInfo.Utc, start, end, days, out var wrong));
        Assert.Equal(field, wrong.Field);
    }

    private static void Is(string? until, string now, string start, string end, params DayOfWeek[] days) =>
        Assert.Equal(until is null ? null : At(until), Window(start, end, days).FrozenUntil(At(now)));

    private static FreezeWindow Window(string start, string end, params DayOfWeek[] days)
    {
        var window = FreezeWindow.TryParse("x", TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), start, end, days, out var wrong);
        Assert.True(window is not null, wrong.Message);
        return window;
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

using System.Globalization;
using Boreas.Contracts.Environments;

namespace Boreas.Simulation.World;

/// <summary>A span in which nothing is to be deployed, as the administrator means it. It begins and ends with a minute.</summary>
internal sealed record FrozenSpan(DateTimeOffset From, DateTimeOffset Until, FreezeForm Form)
{
    /// <summary>A few minutes, or a day that nobody waits for.</summary>
    public static FrozenSpan Throw(Dice dice, DateTimeOffset now, bool mayLast)
    {
        var from = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute)).AddMinutes(dice.Between(-1, 1));
        return mayLast && dice.OneIn(3)
            ? new FrozenSpan(from, from.AddDays(1), FreezeForm.Once)
            : new FrozenSpan(from, from.AddMinutes(dice.Between(1, 2)), dice.Of(Enum.GetValues<FreezeForm>()));
    }

    public bool Contains(DateTimeOffset moment) => From <= moment && moment < Until;

    /// <summary>In the words that an administrator types.</summary>
    public Freeze ToFreeze() => new("quiet", "UTC", Say(From), Say(Until));

    private string Say(DateTimeOffset moment) => Form switch
    {
        FreezeForm.Once => moment.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture),
        FreezeForm.Weekly => moment.ToString("ddd HH:mm", CultureInfo.InvariantCulture).ToLowerInvariant(),
        _ => moment.ToString("HH:mm", CultureInfo.InvariantCulture),
    };
}

internal enum FreezeForm
{
    Once,
    Weekly,
    Daily,
}

using System.Diagnostics;

namespace Boreas.Agent.Tests.Fixtures;

/// <summary>Waits for something in another process that gives no signal.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static async Task<T> GetAsync<T>(string what, Func<Task<T>> look, Func<T, bool> wanted)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var found = await look();
            if (wanted(found)) return found;
            Assert.True(clock.Elapsed < Deadline, $"Not within {Deadline.TotalSeconds:0} s: {what}. Last seen: {found}");
            await Task.Delay(25);
        }
    }

    public static Task TrueAsync(string what, Func<Task<bool>> look) => GetAsync(what, look, found => found);

    public static Task TrueAsync(string what, Func<bool> look) => GetAsync(what, () => Task.FromResult(look()), found => found);
}

using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Text.Json;

namespace Boreas.Scenarios.World;

/// <summary>Waits for something that another process does, by looking again and again until a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(40);

    /// <summary>The first value that is not null.</summary>
    /// <param name="what">Completes 'it was awaited that …'.</param>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> look, int seconds = 60, Func<string>? otherwise = null)
        where T : class
    {
        using var tick = new PeriodicTimer(LookEvery);
        var deadline = TimeProvider.System.GetTimestamp();
        Exception? trouble = null;
        while (true)
        {
            try
            {
                if (await look() is { } value) return value;
                trouble = null;
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException or JsonException or IOException or ApiException)
            {
                trouble = e;
            }

            if (TimeProvider.System.GetElapsedTime(deadline).TotalSeconds > seconds)
            {
                if (trouble is ApiException) ExceptionDispatchInfo.Throw(trouble);
                Assert.Fail($"It was awaited for {seconds} s that {what}. {trouble?.Message} {otherwise?.Invoke()}");
            }

            await tick.WaitForNextTickAsync();
        }
    }

    public static Task TrueAsync(string what, Func<Task<bool>> look, int seconds = 60, Func<string>? otherwise = null) =>
        GetAsync(what, async () => await look() ? "" : null, seconds, otherwise);

    public static Task TrueAsync(string what, Func<bool> look, int seconds = 60, Func<string>? otherwise = null) =>
        TrueAsync(what, () => Task.FromResult(look()), seconds, otherwise);
}

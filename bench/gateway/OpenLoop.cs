using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Boreas.Bench.Gateway;

/// <summary>
/// Sends requests at a fixed rate whether or not the earlier ones were answered, and measures each from the moment at
/// which it was due: a server that stalls cannot hide it by being asked less. The generator's own delay is part of the
/// figures, the same for every peer; the row 'direct' shows how much it is.
/// </summary>
internal static partial class OpenLoop
{
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(Uri url, int rate, int seconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(seconds, 1);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false, MaxConnectionsPerServer = 256, ActivityHeadersPropagator = null });
        var warm = (int)(rate * Warmup.TotalSeconds);
        var total = warm + (rate * seconds);
        var latencies = new double[total];
        var asked = new Task<bool>[total];
        var began = Stopwatch.GetTimestamp();
        // A thread of its own: the timers of the runtime come in steps of 4 ms, which would hide what is measured.
        await Task.Factory.StartNew(Pace, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var failed = (await Task.WhenAll(asked)).Skip(warm).Count(good => !good);
        var sorted = latencies.Skip(warm).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2]:0.00} {sorted[(int)(sorted.Length * 0.99)]:0.00} {failed}"));
        return failed == 0 ? 0 : 1;

        void Pace()
        {
            for (var i = 0; i < total; i++)
            {
                var early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), Due(i));
                if (early > TimeSpan.Zero)
                {
                    var pause = new TimeSpec(early.Ticks / TimeSpan.TicksPerSecond, early.Ticks % TimeSpan.TicksPerSecond * 100);
                    _ = NanoSleep(in pause, 0);
                }

                asked[i] = AskAsync(i);
            }
        }

        long Due(int number) => began + (long)(number * (double)Stopwatch.Frequency / rate);

        async Task<bool> AskAsync(int number)
        {
            var due = Due(number);
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            try
            {
                using var response = await http.SendAsync(request, CancellationToken.None);
                await response.Content.CopyToAsync(Stream.Null);
                latencies[number] = Stopwatch.GetElapsedTime(due).TotalMilliseconds;
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                latencies[number] = Stopwatch.GetElapsedTime(due).TotalMilliseconds;
                return false;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec pause, nint remaining);

    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}

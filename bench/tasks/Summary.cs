using System.Globalization;

namespace Boreas.Bench.Tasks;

/// <summary>Prints one metric of the results: median, least, most, and the ratio of medians to the peer's.</summary>
internal static class Summary
{
    /// <param name="peer">Whose median is 1 in the last column.</param>
    /// <param name="order">Who to print, in this order; nobody: all, as they came.</param>
    public static int Print(string file, string metric, string unit, string peer, string[] order)
    {
        var values = File.ReadLines(file).Select(line => line.Split('\t')).Where(part => part[0] == metric)
            .GroupBy(part => part[1], part => double.Parse(part[2], CultureInfo.InvariantCulture))
            .ToDictionary(group => group.Key, group => group.Order().ToArray());
        var names = order.Length > 0 ? order.Where(values.ContainsKey).ToArray() : [.. values.Keys];
        Console.WriteLine();
        Console.WriteLine($"| {metric} | median {unit} | min–max | ÷ {peer} | values |");
        Console.WriteLine("|---|--:|--:|--:|--:|");
        foreach (var name in names)
        {
            var sorted = values[name];
            var ratio = values.TryGetValue(peer, out var other) ? (Median(sorted) / Median(other)).ToString("0.00", CultureInfo.InvariantCulture) : "";
            Console.WriteLine($"| {name} | {Number(Median(sorted))} | {Number(sorted[0])}–{Number(sorted[^1])} | {ratio} | {sorted.Length} |");
        }

        return 0;
    }

    private static string Number(double value) => value.ToString(value >= 100 ? "#,0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static double Median(double[] sorted) =>
        sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
}

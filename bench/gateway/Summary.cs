using System.Globalization;

namespace Boreas.Bench.Gateway;

/// <summary>Reads lines <c>kind name value</c> and prints per kind and name: median, least, most, and the ratio of medians to the peer's.</summary>
internal static class Summary
{
    public static int Print(string file, string peer)
    {
        var lines = File.ReadLines(file).Select(line => line.Split(' ')).Select(part => (Kind: part[0], Name: part[1], Value: double.Parse(part[2], CultureInfo.InvariantCulture)));
        foreach (var kind in lines.GroupBy(line => line.Kind))
        {
            Console.WriteLine();
            Console.WriteLine($"{kind.Key,-16}{"median",12}{"min",12}{"max",12}{"/ " + peer,14}{"rounds",8}");
            var values = kind.GroupBy(line => line.Name).ToDictionary(group => group.Key, group => group.Select(line => line.Value).Order().ToArray());
            foreach (var (name, sorted) in values)
            {
                var ratio = values.TryGetValue(peer, out var other) ? Median(sorted) / Median(other) : double.NaN;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16}{Median(sorted),12:0.00}{sorted[0],12:0.00}{sorted[^1],12:0.00}{ratio,14:0.000}{sorted.Length,8}"));
            }
        }

        return 0;
    }

    private static double Median(double[] sorted) =>
        sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
}

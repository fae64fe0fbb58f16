using System.Globalization;

namespace Boreas.Bench.Tasks;

internal static class Report
{
    public static void Line(string metric, string who, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{metric}\t{who}\t{value:0.####}"));

    /// <summary>The value below which the given share of <paramref name="sorted"/> lies.</summary>
    public static double Percentile(IReadOnlyList<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
}

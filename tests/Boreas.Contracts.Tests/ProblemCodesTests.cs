using System.Reflection;
using Boreas.Contracts.Problems;

namespace Boreas.Contracts.Tests;

/// <summary>docs/guides/problems.md tells people what each code means.</summary>
public sealed class ProblemCodesTests
{
    private static readonly string[] Codes = [.. typeof(ProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];

    [Fact]
    public void EveryCodeIsExplainedOnce() => Assert.Equal(Codes.Order(StringComparer.Ordinal), Explained().Order(StringComparer.Ordinal));

    [Fact]
    public void NoCodeIsThereTwice() => Assert.Equal(Codes.Distinct(), Codes);

    [Fact]
    public void EveryCodeIsExplainedWithWhatToDo() =>
        Assert.All(Rows(), row => Assert.True(row.Length == 3 && row.All(cell => cell.Length > 0), $"Not '| code | meaning | what to do |': {string.Join(" | ", row)}"));

    private static IEnumerable<string> Explained() => Rows().Select(row => row[0].Trim('`'));

    private static IEnumerable<string[]> Rows() =>
        File.ReadLines(Page()).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    private static string Page()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Boreas.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The tests do not run below the repository.");
        return Path.Combine(folder, "docs", "guides", "problems.md");
    }
}

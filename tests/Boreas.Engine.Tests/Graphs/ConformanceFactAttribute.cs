namespace Boreas.Engine.Tests.Graphs;

/// <summary>
/// A fact over graphs that others published; they are not part of this repository. They lie in <c>../shared/conformance</c>
/// beside it, or where <c>BOREAS_CONFORMANCE</c> says. Without them the fact is skipped and says so.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute()
    {
        if (!Directory.Exists(Folder)) Skip = $"NOT CHECKED against published graphs: there is no {Folder}; set BOREAS_CONFORMANCE to the folder that has them.";
    }

    public static string Folder { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("BOREAS_CONFORMANCE") ?? Path.GetFullPath(Path.Combine(RepositoryRoot.Path, "..", "shared", "conformance")),
        "dag");
}

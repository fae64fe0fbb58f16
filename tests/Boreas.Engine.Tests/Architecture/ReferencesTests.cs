using System.Xml.Linq;

namespace Boreas.Engine.Tests.Architecture;

/// <summary>ARCHITECTURE.md says which part may reference which; the projects do exactly that.</summary>
public sealed class ReferencesTests
{
    [Fact]
    public void ProjectsReferenceExactlyWhatTheTableSays()
    {
        var table = Table();
        var projects = Directory.GetDirectories(Path.Combine(RepositoryRoot.Path, "src"))
            .SelectMany(folder => Directory.GetFiles(folder, "*.csproj"))
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), References);

        Assert.Equal(table.Keys.Order(), projects.Keys.Order());
        Assert.All(projects, p => Assert.True(
            table[p.Key].SetEquals(p.Value),
            $"{p.Key} references [{string.Join(", ", p.Value.Order())}]; the table in ARCHITECTURE.md says [{string.Join(", ", table[p.Key].Order())}]"));
    }

    [Fact]
    public void TheEngineAndTheLeavesNeedNoPackage() =>
        Assert.All(new[] { "Boreas.Engine", "Boreas.Contracts", "Boreas.Processes" }, project =>
        {
            var xml = XDocument.Load(Path.Combine(RepositoryRoot.Path, "src", project, project + ".csproj"));
            Assert.DoesNotContain(xml.Descendants(), e => e.Name.LocalName is "PackageReference" or "FrameworkReference" or "Reference");
        });

    private static HashSet<string> References(string project) =>
        [.. XDocument.Load(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))];

    /// <summary>Rows of '| folder | meaning | may reference |'; references are written as code, one without any says 'nothing'.</summary>
    private static Dictionary<string, HashSet<string>> Table() =>
        File.ReadLines(Path.Combine(RepositoryRoot.Path, "ARCHITECTURE.md"))
            .SkipWhile(line => !line.StartsWith("| folder | meaning | may reference |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(
                cells => cells[0].Trim('`')["src/".Length..],
                cells => cells[2] == "nothing" ? [] : cells[2].Split(',', StringSplitOptions.TrimEntries).Select(name => name.Trim('`')).ToHashSet());
}

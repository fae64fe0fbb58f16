using System.Xml;
using System.Xml.Linq;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Plans;

/// <summary>A .NET repository: its one web project (or, without one, its one program) is published and run; its test projects are tested.</summary>
internal static class DotnetProject
{
    private const string Published = ".boreas/publish";

    public static async Task<FoundPlan?> FindAsync(FileTree tree, CancellationToken cancellation)
    {
        var projects = new List<Project>();
        foreach (var file in tree.Files.Where(IsProject).Order(StringComparer.Ordinal))
        {
            if (RelativePath.TryParse(file, out _, out _) && await tree.ReadAsync(file, cancellation) is { } text && Read(file, text) is { } project) projects.Add(project);
        }

        var candidates = projects.Where(project => project is { IsWeb: true, IsTest: false }).ToList();
        if (candidates.Count == 0) candidates = [.. projects.Where(project => project is { IsProgram: true, IsTest: false })];
        if (candidates.Count == 0) return null;
        if (candidates.Count > 1)
        {
            throw JobFailedException.Failed(
                ProblemCodes.BuildPlanInvalid, $"Several projects could be the app: {string.Join(", ", candidates.Select(project => project.File))}.",
                "Set the app's buildContext to the folder of one, or add a boreas.yaml with 'build' and 'run'.");
        }

        var app = candidates[0];
        var test = projects.Where(project => project.IsTest).Select(project => (IReadOnlyList<string>)["dotnet", "test", project.File, "-c", "Release"]);
        return new FoundPlan(
            new BuildPlan(
                BuildKind.Commands, app.File, [["dotnet", "publish", app.File, "-c", "Release", "-o", Published]], [.. test],
                ["env", "ASPNETCORE_HTTP_PORTS=$PORT", "DOTNET_ENVIRONMENT=Production", "dotnet", $"{Published}/{app.Assembly}.dll"]),
            $"Publishing the .NET project {app.File}");
    }

    private static bool IsProject(string file) => file.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".fsproj", StringComparison.OrdinalIgnoreCase);

    private static Project? Read(string file, string text)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var root = XDocument.Load(reader).Root!;
            var sdk = root.Attribute("Sdk")?.Value ?? "";
            return new Project(
                file,
                Property(root, "AssemblyName") is { Length: > 0 } name && !name.Contains('$', StringComparison.Ordinal) && !name.Contains('/', StringComparison.Ordinal) ? name : Path.GetFileNameWithoutExtension(file),
                sdk.StartsWith("Microsoft.NET.Sdk.Web", StringComparison.OrdinalIgnoreCase),
                string.Equals(Property(root, "OutputType"), "Exe", StringComparison.OrdinalIgnoreCase) || sdk.StartsWith("Microsoft.NET.Sdk.Worker", StringComparison.OrdinalIgnoreCase),
                string.Equals(Property(root, "IsTestProject"), "true", StringComparison.OrdinalIgnoreCase) || References(root, "Microsoft.NET.Test.Sdk"));
        }
        catch (XmlException e)
        {
            throw JobFailedException.Failed(ProblemCodes.BuildPlanInvalid, $"{file} is not XML: {e.Message}", "Correct the file and push again.", e);
        }
    }

    private static string? Property(XElement root, string name) => root.Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value.Trim();

    private static bool References(XElement root, string package) =>
        root.Descendants().Any(element => element.Name.LocalName == "PackageReference" && string.Equals(element.Attribute("Include")?.Value, package, StringComparison.OrdinalIgnoreCase));

    private sealed record Project(string File, string Assembly, bool IsWeb, bool IsProgram, bool IsTest);
}

using Boreas.Contracts.Jobs;

namespace Boreas.Runner.Plans;

/// <summary>A repository that is a site already: an index.html at its root or where sites usually are.</summary>
internal static class StaticSite
{
    private static readonly string[] Folders = [".", "public", "dist", "docs"];

    public static FoundPlan? Find(FileTree tree)
    {
        var folder = Folders.FirstOrDefault(folder => tree.HasFile(folder == "." ? "index.html" : folder + "/index.html"));
        if (folder is null) return null;
        var origin = folder == "." ? "index.html" : folder + "/index.html";
        return new FoundPlan(new BuildPlan(BuildKind.Static, origin, [], [], null, folder), $"Serving the files beside {origin}");
    }
}

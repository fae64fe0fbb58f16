namespace Boreas.Engine.Tests;

/// <summary>The folder that holds the solution, found from where the tests run.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string? folder)
    {
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder, "Boreas.slnx"))) folder = System.IO.Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException($"no Boreas.slnx above {AppContext.BaseDirectory}");
    }
}

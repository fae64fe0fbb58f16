using Boreas.Contracts.Values;

namespace Boreas.Cli.Hosting;

/// <summary>
/// What a part is called. The name goes with its folder, because what the folder holds is known by it: a container that
/// is made anew has another host name and the same volume, and must be the same node.
/// </summary>
internal static class PartName
{
    public static string Of(string? given, string data)
    {
        var file = Path.Combine(data, "name");
        var saved = File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } text ? text : null;
        var name = given ?? saved ?? Slug.Near(Environment.MachineName, "node").Value;
        if (name == saved) return name;
        Directory.CreateDirectory(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(file, name + "\n");
        return name;
    }
}

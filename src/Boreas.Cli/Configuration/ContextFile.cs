using System.Text.Json;
using Boreas.Cli.Output;
using Boreas.Contracts;

namespace Boreas.Cli.Configuration;

/// <summary>A server that somebody logged in to. <c>TokenId</c> is what 'logout' revokes; null for a token that was brought along.</summary>
internal sealed record SavedContext(string Server, string Token, string? TokenId = null, string? User = null);

/// <summary>All of them; <c>Current</c> is the name of the one that is used when nothing else is said.</summary>
internal sealed record SavedContexts(string? Current, IReadOnlyDictionary<string, SavedContext> Contexts);

/// <summary>
/// <c>~/.config/boreas/config.json</c> (or below <c>XDG_CONFIG_HOME</c>, or <c>BOREAS_CONFIG</c>), readable by its owner
/// only. A new content replaces the old one whole.
/// </summary>
internal sealed class ContextFile(string path)
{
    public string Path => path;

    public static ContextFile Of(Terminal terminal)
    {
        if (terminal.Environment("BOREAS_CONFIG") is { Length: > 0 } file) return new ContextFile(file);
        var folder = terminal.Environment("XDG_CONFIG_HOME") is { Length: > 0 } xdg ? xdg
            : System.IO.Path.Combine(terminal.Environment("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        return new ContextFile(System.IO.Path.Combine(folder, "boreas", "config.json"));
    }

    public SavedContexts Read()
    {
        try
        {
            return JsonSerializer.Deserialize<SavedContexts>(File.ReadAllText(path), BoreasJson.Options) ?? throw new JsonException("it holds null");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return new SavedContexts(null, new Dictionary<string, SavedContext>());
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Failed, $"{path} cannot be read: {unreadable.Message}", "Correct it, or delete it and log in again.", unreadable);
        }
    }

    public void Write(SavedContexts contexts)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        var beside = $"{path}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(beside, options)) JsonSerializer.Serialize(stream, contexts, new JsonSerializerOptions(BoreasJson.Options) { WriteIndented = true });
        File.Move(beside, path, overwrite: true);
    }

    public void Save(string name, SavedContext context)
    {
        var saved = Read();
        Write(new SavedContexts(name, new Dictionary<string, SavedContext>(saved.Contexts) { [name] = context }));
    }

    public void Forget(string name)
    {
        var saved = Read();
        var rest = saved.Contexts.Where(pair => pair.Key != name).ToDictionary();
        Write(new SavedContexts(saved.Current == name ? rest.Keys.Order(StringComparer.Ordinal).FirstOrDefault() : saved.Current, rest));
    }
}

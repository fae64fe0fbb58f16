using System.Text;

namespace Boreas.Server.Tests;

internal static class Files
{
    /// <summary>Whether the bytes of the text are anywhere in the file, also while a database has it open.</summary>
    public static bool Contain(string path, string text)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }
}

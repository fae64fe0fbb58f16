using System.Reflection;
using System.Runtime.InteropServices;

namespace Boreas.Server.Storage;

/// <summary>
/// Prefers the system's own libsqlite3, which the distribution keeps patched, to the copy that comes with the package;
/// see docs/decisions/system-sqlite.md.
/// </summary>
internal static class SqliteLibrary
{
    private static readonly Lock Once = new();
    private static bool _initialised;

    public static void Initialise()
    {
        lock (Once)
        {
            if (_initialised) return;
            NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, Resolve);
            SQLitePCL.Batteries_V2.Init();
            _initialised = true;
        }
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out var system) ? system : IntPtr.Zero;
}

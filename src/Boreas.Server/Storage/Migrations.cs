using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;

namespace Boreas.Server.Storage;

/// <summary>The schema is of a release that is newer than this one.</summary>
public sealed class NewerSchemaException() : Exception("The database was set up by a newer release of Boreas. Start that release, or a newer one.");

/// <summary>Numbered SQL files, applied in order, each once, under a lock, in one transaction.</summary>
internal static partial class Migrations
{
    private const string Folder = "Boreas.Server.Storage.migrations.";

    /// <summary>Brings the database to this release's schema; one of a newer release is refused.</summary>
    public static void Apply(Database database)
    {
        using var connection = database.Open();
        connection.Execute(database.Dialect == "sqlite" ? "begin immediate" : "begin; select pg_advisory_xact_lock(748502)");
        connection.Execute("create table if not exists schema_migrations (number integer primary key, name text not null)");
        var applied = connection.Query<int>("select number from schema_migrations").ToHashSet();
        var known = Files().ToList();
        if (applied.Except(known.Select(f => f.Number)).Any())
        {
            connection.Execute("rollback");
            throw new NewerSchemaException();
        }

        foreach (var (number, name, sql) in known.Where(f => !applied.Contains(f.Number)))
        {
            connection.Execute(For(database.Dialect, sql));
            connection.Execute("insert into schema_migrations (number, name) values (@number, @name)", new { number, name });
        }

        connection.Execute("commit");
    }

    /// <summary>The text for one database: <c>/*dialect: … */</c> of that one is kept, of the other is dropped.</summary>
    private static string For(string dialect, string sql) =>
        DialectPart().Replace(sql, match => match.Groups["dialect"].Value == dialect ? match.Groups["text"].Value : "");

    private static IEnumerable<(int Number, string Name, string Sql)> Files()
    {
        var assembly = typeof(Migrations).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var name = resource[Folder.Length..];
            yield return (int.Parse(name[..3], CultureInfo.InvariantCulture), name, reader.ReadToEnd());
        }
    }

    [GeneratedRegex(@"/\*(?<dialect>postgres|sqlite): (?<text>.*?) \*/", RegexOptions.Singleline)]
    private static partial Regex DialectPart();
}

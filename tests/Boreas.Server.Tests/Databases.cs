using System.Reflection;
using Xunit.Sdk;

namespace Boreas.Server.Tests;

/// <summary>Runs a theory on SQLite, and on PostgreSQL where <c>BOREAS_TEST_POSTGRES</c> has a connection string that may create databases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DatabasesAttribute : DataAttribute
{
    public const string Variable = "BOREAS_TEST_POSTGRES";

    public static string? Postgres => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } connection ? connection : null;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => Postgres is null ? [["sqlite"]] : [["sqlite"], ["postgres"]];
}

internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (DatabasesAttribute.Postgres is null) Skip = $"PostgreSQL is NOT tested: set {DatabasesAttribute.Variable} to a connection string of a server where databases may be created.";
    }
}

public class DatabasesTests
{
    [PostgresFact]
    public async Task PostgresIsTestedToo()
    {
        await using var api = await ApiServer.StartAsync("postgres");
        Assert.Equal("postgres", api.Database.Dialect);
    }
}

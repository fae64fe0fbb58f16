using Xunit.Abstractions;
using Xunit.Sdk;
using Boreas.Testing;

namespace Boreas.Server.Tests.Storage;

/// <summary>A fact of the conformance suite; the PostgreSQL half is skipped, loudly, where there is no PostgreSQL.</summary>
[XunitTestCaseDiscoverer("Boreas.Server.Tests.Storage.JournalFactDiscoverer", "Boreas.Server.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class JournalFactAttribute : FactAttribute;

public sealed class JournalFactDiscoverer(IMessageSink messages) : FactDiscoverer(messages)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var needsPostgres = testMethod.TestClass.Class.Name.Contains("Postgres", StringComparison.Ordinal);
        return needsPostgres && TestDatabase.Postgres is null
            ? new SkippedTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)
            : base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
    }
}

internal sealed class SkippedTestCase : XunitTestCase
{
    [Obsolete("Called by the deserializer only")]
    public SkippedTestCase()
    {
    }

    public SkippedTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(messages, display, options, method)
    {
    }

    protected override string GetSkipReason(IAttributeInfo factAttribute) => $"{TestDatabase.PostgresVariable} is not set: ./test.sh starts a PostgreSQL and sets it.";
}

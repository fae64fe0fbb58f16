using Boreas.Contracts.Values;

namespace Boreas.Contracts.Tests.Values;

public sealed class NameTests
{
    [Fact]
    public void ASlugIsSafeAsAnyName()
    {
        Hostile.IsTakenAsItIs<Slug>("a", "order-service", "a1", "a-1-b", new string('a', Slug.MaxLength));
        Hostile.IsRefusedBy<Slug>(
            "A", "Order", "1a", "-a", "a-", "a--b", "a_b", "a.b", "a/b", "a.git", "ä", "ａ", "a٣", "a%2f", "%61", "*", ".", new string('a', Slug.MaxLength + 1));
    }

    [Theory]
    [InlineData("Build-7", "build-7")]
    [InlineData("5e6254226e1f", "node-5e6254226e1f")]
    [InlineData("web_1.example.org", "web-1-example-org")]
    [InlineData("--", "node")]
    [InlineData("a-very-long-name-of-a-host-that-is-cut-up-before-its-end", "a-very-long-name-of-a-host-that-is-cut-u")]
    [InlineData("a-very-long-name-of-a-host-that-is-cut--here", "a-very-long-name-of-a-host-that-is-cut-h")]
    public void AHostsNameBecomesASlug(string host, string slug)
    {
        Assert.Equal(slug, Slug.Near(host, "node").Value);
        Assert.True(Slug.TryParse(slug, out _, out _));
    }

    [Fact]
    public void AVariableNameIsOneForEveryShellAndEngine()
    {
        Hostile.IsTakenAsItIs<VariableName>("A", "_", "DATABASE_URL", "a1", new string('A', 100));
        Hostile.IsRefusedBy<VariableName>("1A", "A-B", "A=B", "A.B", "Ä", "A٣", "A B", "=", new string('A', 101));
    }

    [Fact]
    public void AGitRefIsOneByGitsOwnRules()
    {
        Hostile.IsTakenAsItIs<GitRef>(
            "main", "feature/one", "v1.2.3", "refs/heads/main", "a@b", "a.b.c", "HEAD", "a-b", "a_b", "a+b",
            "0123456789abcdef0123456789abcdef01234567", new string('a', GitRef.MaxLength));
        Hostile.IsRefusedBy<GitRef>(
            "a..b", "a//b", "/a", "a/", ".a", "a.", "a/.b", "a.lock", "a.lock/b", "@", "a@{1}", "a~1", "a^", "a:b", "a?", "a*", "a[b", "a b", "main:refs/heads/x", "+main",
            "--exec=x", "ä", new string('a', GitRef.MaxLength + 1));
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef01234567", true)]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true)]
    [InlineData("0123456789ABCDEF0123456789abcdef01234567", false)]
    [InlineData("0123456", false)]
    [InlineData("main", false)]
    public void OnlyACompleteIdIsACommit(string text, bool commit) => Assert.Equal(commit, ParsedValue.Parse<GitRef>(text).IsCommit);
}

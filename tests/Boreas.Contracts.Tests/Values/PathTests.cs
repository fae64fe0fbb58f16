using Boreas.Contracts.Values;

namespace Boreas.Contracts.Tests.Values;

public sealed class PathTests
{
    [Fact]
    public void ARelativePathStaysInsideTheCheckout()
    {
        Hostile.IsTakenAsItIs<RelativePath>(".", "Dockerfile", "src/app/Dockerfile", "a b/c", ".github/workflows", "ä/ö", "a.b-c_d", "😀/a", new string('a', RelativePath.MaxLength));
        Hostile.IsRefusedBy<RelativePath>(
            "/", "/etc/passwd", "~", "~root/a", "./a", "a/.", "a/..", "a//b", "a/", "a/-b", ".git", ".GIT/config", "a/.git", "a/.Git/hooks/x", ".git ", " a", "a /b", "a/ /b", ".g\u200cit/config",
            "a:b", "a*", "a?", "a$b", new string('a', RelativePath.MaxLength + 1));
    }

    [Fact]
    public void AUrlPathStartsAtTheAppsRoot()
    {
        Hostile.IsTakenAsItIs<UrlPath>("/", "/healthz", "/a/b.c", "/health?full=1&x=../y", "/%20", new string('/', 1) + new string('a', UrlPath.MaxLength - 1));
        Hostile.IsRefusedBy<UrlPath>(
            "healthz", "//evil.example.com/", "/a#b", "/\\evil", "/../a", "/a/..", "/./a", "/%2e%2e/a", "/%2E./a", "/a%2f..%2fb", "/a%5c..%5cb", "/a b", "/ä", "http://evil.example.com/", "?a",
            "/" + new string('a', UrlPath.MaxLength));
    }
}

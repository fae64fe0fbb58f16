using Boreas.Contracts.Values;

namespace Boreas.Contracts.Tests.Values;

public sealed class RepositoryUrlTests
{
    [Fact]
    public void ARepositoryIsReachedByHttpOrSsh()
    {
        Hostile.IsTakenAsItIs<RepositoryUrl>(
            "https://git.example.com/team/app.git", "http://127.0.0.1:5080/git/hello.git", "https://[::1]:8443/a.git", "ssh://git@git.example.com:2222/team/app.git", "ssh://git.example.com/app",
            "git@git.example.com:team/app.git", "deploy-bot@10.0.0.7:~/app.git", "https://git.example.com/~ada/app", "https://git.example.com/a%20b.git");
        Hostile.IsRefusedBy<RepositoryUrl>(
            "https://", "https:///app.git", "https://git.example.com", "https://git.example.com/", "https:/git.example.com/app", "git.example.com/app", "git.example.com:app", "/srv/git/app.git", "./app.git",
            "file:///etc/passwd", "git://git.example.com/app", "ftp://git.example.com/app", "ext::sh -c id", "ext::id", "fd::17/app", "x@ext::id", "transport::https://git.example.com/app", "javascript://git.example.com/app");
    }

    [Fact]
    public void NothingInItCanBecomeAnOptionOrACommand() => Hostile.IsRefusedBy<RepositoryUrl>(
        "ssh://-oProxyCommand=id/app", "ssh://-oProxyCommand/app", "ssh://-o@git.example.com/app", "ssh://%2doX@git.example.com/app", "ssh://git@-x/app", "ssh://git@%2dx/app",
        "-oX@git.example.com:app", "git@-oX:app", "git@git.example.com:-app", "git@git.example.com:", "@git.example.com:app", "git@:app", "gi+t@git.example.com:app",
        "https://git.example.com/app;id", "https://git.example.com/$(id)", "https://git.example.com/a`id`", "https://git.example.com/a|b");

    [Fact]
    public void NoCredentialsAndNoSecondMeaning() => Hostile.IsRefusedBy<RepositoryUrl>(
        "https://ada:secret@git.example.com/app", "https://token@git.example.com/app", "ssh://git:secret@git.example.com/app", "https://good.example.com@evil.example.com/app",
        "https://git.example.com/app?token=secret", "https://git.example.com/app#x", "https://git%2eexample.com/app", "https://git.example.com%2f@evil.example.com/app", "https://git.example.com\\@evil.example.com/app",
        "https://git.example.com/../app", "https://git.example.com/a/./b", "https://git.example.com/%2e%2e/app", "https://git.example.com/a%2f..%2fb", "git@git.example.com:../app", "git@git.example.com:a/%2e%2e/b",
        "https://git.example.com:99999/app", "https://git.example.com:x/app", "https://git_example!.com/app", "https://git.example.com/ä", "https://git.example.com/a\tb",
        "https://git.example.com/" + new string('a', RepositoryUrl.MaxLength));

    [Theory]
    [InlineData("https://git.example.com/app", "https", "git.example.com")]
    [InlineData("HTTPS://Git.Example.com:8443/app", "https", "git.example.com")]
    [InlineData("ssh://git@git.example.com:2222/app", "ssh", "git.example.com")]
    [InlineData("git@git.example.com:app", "ssh", "git.example.com")]
    public void SchemeAndHostAreKnown(string text, string scheme, string host)
    {
        var url = ParsedValue.Parse<RepositoryUrl>(text);
        Assert.Equal((scheme, host), (url.Scheme, url.Host));
    }
}

using Boreas.Engine.Images;

namespace Boreas.Engine.Tests.Images;

public sealed class ImageReferenceTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("nginx", "docker.io", "library/nginx", null, "nginx")]
    [InlineData("nginx:1.27", "docker.io", "library/nginx", "1.27", "nginx")]
    [InlineData("team/app", "docker.io", "team/app", null, "team/app")]
    [InlineData("localhost/app", "localhost", "app", null, "localhost/app")]
    [InlineData("localhost:5000/app", "localhost:5000", "app", null, "localhost:5000/app")]
    [InlineData("LOCALDOMAIN/app", "LOCALDOMAIN", "app", null, "LOCALDOMAIN/app")]
    [InlineData("registry.example.com/a/b__c/d-e--f.g:V_1.2-x", "registry.example.com", "a/b__c/d-e--f.g", "V_1.2-x", "registry.example.com/a/b__c/d-e--f.g")]
    [InlineData("[::1]:5000/app", "[::1]:5000", "app", null, "[::1]:5000/app")]
    public void WhatPeopleLeaveOutIsCompleted(string text, string domain, string path, string? tag, string familiar)
    {
        Assert.True(ImageReference.TryParse(text, out var value, out var error), error);
        Assert.Equal((domain, path, tag, familiar), (value.Domain, value.Path, value.Tag, value.FamiliarName));
        Assert.True(ImageReference.TryParse(value.Value, out var again, out _));
        Assert.Equal(value, again);
    }

    [Theory]
    [InlineData("nginx", null, "nginx", null)]
    [InlineData("test.com:5000", null, "test.com", "5000")]
    [InlineData("team/app:1", "team", "app", "1")]
    [InlineData("under_score/app", null, "under_score/app", null)]
    public void ReadExactlyNothingIsAdded(string text, string? domain, string path, string? tag)
    {
        Assert.True(ImageReference.TryParseExact(text, out var value, out var error), error);
        Assert.Equal((domain, path, tag, text), (value.Domain, value.Path, value.Tag, value.Value));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("app ")]
    [InlineData("app\n")]
    [InlineData("app:tag\n")]
    [InlineData("app\0")]
    [InlineData("-app")]
    [InlineData("--privileged")]
    [InlineData("/app")]
    [InlineData("app/")]
    [InlineData("a//b")]
    [InlineData("../app")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("App")]
    [InlineData("a..b")]
    [InlineData("a___b")]
    [InlineData("a-_b")]
    [InlineData(".a")]
    [InlineData("a-")]
    [InlineData(":tag")]
    [InlineData("app:")]
    [InlineData("app:.tag")]
    [InlineData("app:-tag")]
    [InlineData("app:a/b")]
    [InlineData("app:tag:tag")]
    [InlineData("app@")]
    [InlineData("app@sha256:")]
    [InlineData("app@sha256:0123")]
    [InlineData("app@sha512:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("app@" + Digest + "0")]
    [InlineData("app@" + Digest + "@" + Digest)]
    [InlineData("app@sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("https://registry.example.com/app")]
    [InlineData("registry.example.com:/app")]
    [InlineData("registry.example.com:80a/app")]
    [InlineData("user@registry.example.com/app")]
    [InlineData("-host.example.com/app")]
    [InlineData("[::1/app")]
    [InlineData("[]/app")]
    [InlineData("[fe80::1%eth0]/app")]
    [InlineData("ａｐｐ")]
    [InlineData("app٣")]
    [InlineData("$(id)")]
    [InlineData("app;id")]
    [InlineData("app`id`")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void WhatIsNoReferenceIsRefusedWithAReason(string? text)
    {
        Assert.False(ImageReference.TryParse(text, out _, out var error));
        Assert.False(string.IsNullOrWhiteSpace(error));
    }

    [Fact]
    public void LengthsHaveTheirLimits()
    {
        Assert.True(ImageReference.TryParseExact("a.b/" + new string('a', 255), out _, out _));
        Assert.False(ImageReference.TryParseExact("a.b/" + new string('a', 256), out _, out _));
        Assert.True(ImageReference.TryParse("app:" + new string('a', 128), out _, out _));
        Assert.False(ImageReference.TryParse("app:" + new string('a', 129), out _, out _));
        Assert.False(ImageReference.TryParse(new string('a', 10_000_000), out _, out _));
    }

    [Fact]
    public void APullAsksForTheDigestRatherThanTheTag()
    {
        Assert.Equal("docker.io/library/app:latest", Parse("app").ForPull().Value);
        Assert.Equal("docker.io/library/app:1", Parse("app:1").ForPull().Value);
        Assert.Equal("docker.io/library/app@" + Digest, Parse("app:1@" + Digest).ForPull().Value);
    }

    [Fact]
    public void APinnedImageHasNoTag()
    {
        Assert.True(ImageDigest.TryParse(Digest, out var digest, out _));
        Assert.Equal("docker.io/library/app@" + Digest, Parse("app:1").Pinned(digest).Value);
        Assert.Equal(64, digest.Hex.Length);
    }

    [Fact]
    public void BuiltImagesAreNamedByAppAndCommit()
    {
        const string Sha = "0123456789abcdef0123456789abcdef01234567";
        Assert.Equal($"localhost:5000/shop/apps/app-order-service:{Sha}", ImageName.For("localhost:5000", "shop", "order-service", Sha).Value);
    }

    [Theory]
    [InlineData("", "shop", "app", "1")]
    [InlineData("no_host", "shop", "app", "1")]
    [InlineData("evil.example.com/x", "shop", "app", "1")]
    [InlineData("registry", "Shop", "app", "1")]
    [InlineData("registry", "", "app", "1")]
    [InlineData("registry", "shop", "app:1@x", "1")]
    [InlineData("registry", "shop", "app", "1@sha256:0")]
    [InlineData("registry", "shop", "app", "")]
    public void PartsThatMakeNoNameAreRefused(string registry, string project, string app, string sha) =>
        Assert.Throws<FormatException>(() => ImageName.For(registry, project, app, sha));

    private static ImageReference Parse(string text) => ImageReference.TryParse(text, out var value, out var error) ? value : throw new FormatException(error);
}

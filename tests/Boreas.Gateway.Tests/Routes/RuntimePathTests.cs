using Boreas.Gateway.Routes;

namespace Boreas.Gateway.Tests.Routes;

public sealed class RuntimePathTests
{
    [Theory]
    [InlineData("/runtime/hello/", "hello", "/")]
    [InlineData("/runtime/hello", "hello", "")]
    [InlineData("/runtime/hello?a=1", "hello", "?a=1")]
    [InlineData("/runtime/hello.staging/a/b?c=/../d", "hello.staging", "/a/b?c=/../d")]
    [InlineData("/runtime/hello/app.js", "hello", "/app.js")]
    [InlineData("/runtime/hello/.well-known/x", "hello", "/.well-known/x")]
    [InlineData("/runtime/hello/a%20b%3A%C3%A9", "hello", "/a%20b%3A%C3%A9")]
    [InlineData("/runtime/hello/100%25", "hello", "/100%25")]
    [InlineData("/runtime/hello/a%2eb/...", "hello", "/a%2eb/...")]
    [InlineData("/runtime/hello//a", "hello", "//a")]
    [InlineData("/runtime/", "", "")]
    [InlineData("http://somewhere/runtime/hello/x", "hello", "/x")]
    public void APlainTargetIsSplitAsWritten(string target, string segment, string rest)
    {
        Assert.True(RuntimePath.TryRead("whatever", target, out var path));
        Assert.Null(path.Refusal);
        Assert.Equal(segment, path.Segment.ToString());
        Assert.Equal(rest, path.Rest.ToString());
    }

    [Theory]
    [InlineData("/runtime/hello/a%2fb")]
    [InlineData("/runtime/hello/a%2Fb")]
    [InlineData("/runtime/hello%2fb")]
    [InlineData("/runtime/hello/a%5cb")]
    [InlineData("/runtime/hello/a\\b")]
    [InlineData("/runtime/hello/./a")]
    [InlineData("/runtime/hello/../other/a")]
    [InlineData("/runtime/hello/..")]
    [InlineData("/runtime/hello/.?x")]
    [InlineData("/runtime/../api/v1/users")]
    [InlineData("/runtime/hello/%2e%2e/other")]
    [InlineData("/runtime/hello/.%2E/other")]
    [InlineData("/runtime/hello/%2e")]
    [InlineData("/runtime/hello/..;a=b/other")]
    [InlineData("/runtime/hello/..%3b/other")]
    [InlineData("/runtime/hello/a%00")]
    [InlineData("/runtime/hello/a%252fb")]
    [InlineData("/runtime/hello/a%25252fb")]
    [InlineData("/runtime/hello/a%255Cb")]
    [InlineData("/runtime/hello/%252e%252e/other")]
    [InlineData("/runtime/hello/a%2500")]
    [InlineData("/runtime/hello/%c0%ae%c0%ae/other")]
    [InlineData("/runtime/hello/a%")]
    [InlineData("/runtime/hello/a%2")]
    [InlineData("/runtime/hello/a%zz")]
    [InlineData("/runtime/hello/a#b")]
    [InlineData("/runtime/hello/?a#b")]
    [InlineData("/runtime/hello/a b")]
    [InlineData("/runtime/hello/é")]
    public void AnAmbiguousTargetIsRefused(string target)
    {
        Assert.True(RuntimePath.TryRead("whatever", target, out var path));
        Assert.NotNull(path.Refusal);
    }

    [Fact]
    public void ATargetThatBecomesOursOnlyByDecodingIsRefused()
    {
        Assert.True(RuntimePath.TryRead("/runtime/hello/", "/%72untime/hello/", out var encoded));
        Assert.NotNull(encoded.Refusal);
        Assert.True(RuntimePath.TryRead("/runtime/hello/", "/x/../runtime/hello/", out var folded));
        Assert.NotNull(folded.Refusal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/runtime")]
    [InlineData("/runtimes/hello/")]
    [InlineData("/api/v1/apps?next=/runtime/hello/")]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("http://somewhere")]
    public void EverythingElseIsNotOurs(string target) => Assert.False(RuntimePath.TryRead(target, target, out _));
}

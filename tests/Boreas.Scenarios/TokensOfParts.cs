using System.Net;
using Boreas.Contracts.Access;
using Boreas.Scenarios.World;

namespace Boreas.Scenarios;

/// <summary>A control plane whose parts are elsewhere, one for all cases: each is refused and changes nothing.</summary>
public sealed class TokensOfParts(TokensOfParts.ControlPlane controlPlane) : IClassFixture<TokensOfParts.ControlPlane>
{
    [Theory]
    [InlineData(TokenKind.Agent, "/deploy/jobs/claim")]
    [InlineData(TokenKind.Gateway, "/deploy/jobs/claim")]
    [InlineData(TokenKind.Forge, "/deploy/jobs/claim")]
    [InlineData(TokenKind.Runner, "/forge/pushes")]
    [InlineData(TokenKind.Gateway, "/forge/pushes")]
    [InlineData(TokenKind.Runner, "/nodes/heartbeat")]
    [InlineData(TokenKind.Runner, "/api/v1/apps")]
    [InlineData(TokenKind.Agent, "/api/v1/deployments")]
    public async Task ATokenOfAPartIsGoodForItsOwnPartOnly(TokenKind kind, string path)
    {
        using var part = new Api(controlPlane.Server.Address, await controlPlane.Server.CreateTokenAsync(kind, "other"));
        var refusal = await Assert.ThrowsAsync<ApiException>(() => part.PostAsync<object>(path));
        Assert.Equal(HttpStatusCode.Forbidden, refusal.Status);
    }

    public sealed class ControlPlane : IAsyncLifetime
    {
        internal BoreasServer Server { get; private set; } = null!;

        public async Task InitializeAsync() => Server = await BoreasServer.StartAsync("control-plane", ["--control-plane-only"]);

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }
}

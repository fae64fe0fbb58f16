using System.Text.Json;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;

namespace Boreas.Contracts.Tests;

public sealed class BoreasJsonTests
{
    [Fact]
    public void WhatIsWrittenWithoutItsNullsCanBeRead()
    {
        var json = JsonSerializer.Serialize(new Page<string>(["a"], null), BoreasJson.Options);
        Assert.Equal("""{"items":["a"]}""", json);
        Assert.Null(JsonSerializer.Deserialize<Page<string>>(json, BoreasJson.Options)!.Next);
        Assert.Null(JsonSerializer.Deserialize<HeartbeatResponse>("""{"cancel":true,"leaseSeconds":30}""", BoreasJson.Options)!.Reason);
    }

    [Fact]
    public void WhatMayNotBeNullMustBeThere() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<HeartbeatResponse>("""{"cancel":true}""", BoreasJson.Options));
}

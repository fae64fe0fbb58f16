using Boreas.Contracts.Gateways;

namespace Boreas.Contracts.Tests.Gateways;

public class LatencyBucketsTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1.01, 1)]
    [InlineData(20, 7)]
    [InlineData(20.5, 8)]
    [InlineData(10_000, 23)]
    [InlineData(10_000.1, 24)]
    [InlineData(4e9, 24)]
    public void ATimeFallsIntoTheFirstBucketThatReachesIt(double milliseconds, int bucket) => Assert.Equal(bucket, LatencyBuckets.Of(milliseconds));
}

namespace Boreas.Engine.Planning;

/// <summary>One step of a strategy, as a user writes it; a deployment without steps is one blue-green step. Keys are read without regard to case.</summary>
/// <param name="BatchSize">Instances at a time; 0: all. With a <c>CanaryRatio</c>: at least so many new instances.</param>
/// <param name="BatchInterval">Seconds between batches, or for which a canary is watched.</param>
/// <param name="CanaryRatio">Share of traffic that goes to the new instances, 0–1; 0: no canary, 1: everything.</param>
/// <param name="AutoRollback">Whether a failure in this step brings back what ran before.</param>
/// <param name="ManualApprovalStatus">Where steps are approved. null: a person decides; true: approved in advance; false: refused.</param>
/// <param name="Watch">By what a canary is judged; null: the defaults.</param>
public sealed record DeployStep(
    int BatchSize = 0,
    int BatchInterval = 0,
    double CanaryRatio = 0,
    bool AutoRollback = true,
    bool? ManualApprovalStatus = null,
    WatchPolicy? Watch = null);

/// <summary>When a canary counts as worse than what it is to replace.</summary>
/// <param name="MinRequests">Fewer requests to the new instances are too few to tell.</param>
/// <param name="MaxErrorRate">By how much the new instances' share of failed requests may exceed the old ones', 0–1.</param>
/// <param name="MaxLatencyRatio">From how many times the old instances' 95th percentile on an answer is slow; more than 5 % of such answers are too many, when chance does not explain them.</param>
/// <param name="TooFew"><c>ask</c> a person, <c>wait</c> for as long again and then ask, or <c>pass</c>.</param>
public sealed record WatchPolicy(int MinRequests = 50, double MaxErrorRate = 0.02, double MaxLatencyRatio = 2, TooFewRequests TooFew = TooFewRequests.Ask);

public enum TooFewRequests
{
    Ask,
    Wait,
    Pass,
}

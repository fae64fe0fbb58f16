using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Environments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Versions;
using Boreas.Engine.Planning;
using Boreas.Server.Deployments;

namespace Boreas.Simulation.World;

/// <summary>Deployments that bring a version to the nodes, by each strategy.</summary>
internal static class Rollouts
{
    /// <summary>What is replaced is never kept for longer.</summary>
    public const int LongestWarm = 40;

    private static readonly int[] WarmSeconds = [0, 10, LongestWarm, LongestWarm];

    public static Create Throw(Dice dice, int number)
    {
        var owner = dice.OneIn(3) ? "bob" : "ann";
        var own = Api.Apps.Where(a => Api.OwnerOf(a) == owner).Take(2).ToList();
        List<string> apps = dice.OneIn(5) ? own : [dice.Of(own)];
        var environment = dice.OneIn(4) ? Api.Environments[1] : Api.Environments[0];
        var version = dice.OneIn(6) ? $"bad{number}" : $"v{number}";
        var spec = new DeploymentSpec(
            version, version, environment, environment, environment == Api.Environments[0],
            [.. apps.Select(a => Snapshot(a, environment, version, dice.Between(1, 6)))],
            dice.OneIn(2) ? apps : [],
            Strategy(dice),
            ManualApproval: dice.OneIn(4),
            [],
            new Dictionary<string, string>(),
            null,
            $"creator-{number}",
            Confirm: new ConfirmRule(dice.OneIn(3) ? 2 : 1, Roles: [Role.Approver], ExpiresAfterSeconds: dice.OneIn(4) ? 60 : 400, OnExpiry: dice.OneIn(2) ? OnExpiry.Rollback : OnExpiry.Reject),
            KeepWarmSeconds: dice.Of(WarmSeconds),
            BreakGlass: dice.OneIn(8) ? "it cannot wait" : null);
        var onConflict = dice.Below(6) switch { < 3 => OnConflict.Reject, < 5 => OnConflict.Queue, _ => OnConflict.Supersede };
        return new Create($"creator-{number}", $"key-{number}", environment, apps, DeploymentCreation.Plan(spec, null), true, 3600, AutoStart: true, onConflict, spec.Confirm!.Approvals, spec);
    }

    private static IReadOnlyList<DeployStep> Strategy(Dice dice)
    {
        var back = !dice.OneIn(5);
        switch (dice.Below(6))
        {
            case 0: return [];
            case 1: return [new DeployStep(AutoRollback: back)];
            case 2 or 3: return [new DeployStep(BatchSize: dice.Between(1, 3), BatchInterval: dice.Between(0, 6), AutoRollback: back, ManualApprovalStatus: Approval(dice))];
            case 4: return [Canary(dice, 0.25, back), new DeployStep(CanaryRatio: 1, AutoRollback: back, ManualApprovalStatus: Approval(dice))];
            default: return [Canary(dice, 0.1, back), Canary(dice, 0.5, back), new DeployStep(BatchSize: dice.Between(0, 2), BatchInterval: 1, AutoRollback: back)];
        }
    }

    private static DeployStep Canary(Dice dice, double share, bool back) =>
        new(BatchSize: dice.Between(0, 2), BatchInterval: dice.Between(0, 8), CanaryRatio: share, AutoRollback: back, ManualApprovalStatus: Approval(dice));

    private static bool? Approval(Dice dice) => dice.Below(8) switch { 0 => false, < 4 => true, _ => null };

    private static AppSnapshot Snapshot(string app, string environment, string version, int replicas)
    {
        var release = new ReleaseSpec(app, environment, version, null, new ImageTarget($"registry.example/{app}:{version}"), $"sha256:{version}", null, null, null, 3000, new HealthCheckSpec(), new LimitsSpec(), new Dictionary<string, string>(), []);
        return new AppSnapshot(
            new App(app, app, "default", Api.OwnerOf(app), new AppSource(), null, null, 3000, new HealthCheckSpec(), replicas, new LimitsSpec(), new Dictionary<string, string>(), [], [], DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch),
            new AppRevision(app),
            Built: release);
    }
}

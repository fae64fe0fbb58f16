using Boreas.Engine.Runs;

namespace Boreas.Engine.Planning;

/// <summary>What a task of a type is, where nobody says otherwise.</summary>
internal static class TaskDefaults
{
    /// <summary>Looks at how a canary does.</summary>
    public const string WatchExecutor = "watch";

    public static string NameOf(RunTaskType type) => type switch
    {
        RunTaskType.HealthCheck => "health check",
        _ => type.ToString().ToLowerInvariant(),
    };

    /// <summary>The type as it is written in ids: <c>{appId}-health_check</c>.</summary>
    public static string SlugOf(RunTaskType type) => type switch
    {
        RunTaskType.HealthCheck => "health_check",
        _ => type.ToString().ToLowerInvariant(),
    };

    public static string ExecutorOf(RunTaskType type) => type switch
    {
        RunTaskType.Prepare => "checkout",
        RunTaskType.Build => "build",
        RunTaskType.Test => "test",
        RunTaskType.Deploy => "deploy",
        RunTaskType.HealthCheck => "health_check",
        _ => "command",
    };

    public static int TimeoutOf(RunTaskType type) => type switch
    {
        RunTaskType.Prepare => 600,
        RunTaskType.Build or RunTaskType.Test => 3600,
        _ => 1200,
    };
}

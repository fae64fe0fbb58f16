using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;

namespace Boreas.Cli.Tests;

/// <summary>Records as a server would send them.</summary>
internal static class Examples
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static App App(string id) => new(
        id, id, "default", "admin", new AppSource(Embedded: true), null, null, 3000, new HealthCheckSpec(), 1, new LimitsSpec(),
        new Dictionary<string, string> { ["GREETING"] = "hello" }, [], [new AppEndpoint("production", $"http://127.0.0.1:5080/runtime/{id}/", "v1", "abc", 1, "healthy")], Start, Start);

    public static Deployment Deployment(string id, RunStatus status, params DeploymentTask[] tasks) => new(
        id, "ver1", "v1", "env1", "production", ["hello"], ["hello"], [], [], false, status, status == RunStatus.Success ? 100 : 40, false, false, 0,
        null, "admin", Start, Start.AddSeconds(tasks.Count(task => task.Status == RunTaskStatus.Success)), Start, null, status == RunStatus.Success ? 2.5 : null,
        status == RunStatus.Failed ? "The build failed." : null, null, tasks, ["http://127.0.0.1:5080/runtime/hello/"]);

    public static DeploymentTask Task(string id, RunTaskType type, RunTaskStatus status, string? waitingFor = null, TaskFailure? failure = null) => new(
        id, "d1", "hello", JsonNamingPolicy.SnakeCaseLower.ConvertName(type.ToString()), type, status, "", (int)type, null, null, failure, 1, 3, 600, false, null, null, "runner-1",
        status == RunTaskStatus.Success ? 1.5 : null, Start, Start, status is RunTaskStatus.Blocked or RunTaskStatus.Pending ? null : Start, status == RunTaskStatus.Success ? Start.AddSeconds(1) : null, waitingFor);

    public static JsonElement Nothing => BoreasJson.ToElement(new { });
}

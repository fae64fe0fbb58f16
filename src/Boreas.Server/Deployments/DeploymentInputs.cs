using System.Text.Json;
using Boreas.Contracts;
using Boreas.Engine.Runs;

namespace Boreas.Server.Deployments;

/// <summary>A deployment's snapshot, with the results and payloads of its tasks so far.</summary>
internal sealed class DeploymentInputs(DeploymentSpec spec, IReadOnlyList<TaskRow> tasks, string gitAddress)
{
    public DeploymentSpec Spec => spec;

    public string EmbeddedUrl(string appId) => $"{gitAddress}/git/{appId}.git";

    public T? ResultOf<T>(string appId, RunTaskType type)
        where T : class =>
        tasks.FirstOrDefault(t => t.AppId == appId && t.Type == (int)type && t.Status == (int)RunTaskStatus.Success && t.Result is not null) is { } task
            ? JsonSerializer.Deserialize<T>(task.Result!, BoreasJson.Options)
            : null;

    public JsonElement? PayloadOf(string taskId) =>
        tasks.FirstOrDefault(t => t.Id == taskId)?.Payload is { } payload ? JsonDocument.Parse(payload).RootElement : null;
}

using System.Net;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;

namespace Boreas.Server.Tests.Deployments;

/// <summary>The life of a deployment over the API: every act in every state leads where the specification says, or is refused naming both states.</summary>
public class TransitionTests
{
    private const string Pending = "not started";
    private const string Running = "running";
    private const string Waiting = "waiting for confirmation";

    /// <summary>How a state is said, and the acts that lead to it.</summary>
    private static readonly Dictionary<string, (string Words, string[] Path)> States = new()
    {
        ["pending"] = (Pending, []),
        ["running"] = (Running, ["start"]),
        ["waiting_confirm"] = (Waiting, ["start", "succeed"]),
        ["success"] = ("successful", ["start", "succeed", "confirm", "succeed"]),
        ["failed"] = ("failed", ["start", "fail"]),
        ["rolled_back"] = ("rolled back", ["start", "succeed", "rollback"]),
        ["cancelled"] = ("cancelled", ["cancel"]),
    };

    /// <summary>The states that an act is for, as they are said.</summary>
    private static readonly Dictionary<string, string[]> Acts = new()
    {
        ["start"] = [Pending],
        ["cancel"] = [Pending, Running, Waiting],
        ["rollback"] = [Waiting, "failed"],
        ["confirm"] = [Waiting],
        ["reject"] = [Waiting],
        ["resume"] = ["failed"],
        ["edit"] = [Pending, Waiting],
    };

    private static readonly Dictionary<(string State, string Act), string> Allowed = new()
    {
        [("pending", "start")] = "running",
        [("pending", "cancel")] = "cancelled",
        [("pending", "edit")] = "pending",
        [("running", "cancel")] = "cancelled",
        [("waiting_confirm", "cancel")] = "cancelled",
        [("waiting_confirm", "rollback")] = "rolled_back",
        [("waiting_confirm", "confirm")] = "running",
        [("waiting_confirm", "reject")] = "failed",
        [("waiting_confirm", "edit")] = "waiting_confirm",
        [("failed", "rollback")] = "rolled_back",
        [("failed", "resume")] = "failed",
    };

    public static TheoryData<string> EveryState => [.. States.Keys];

    [Theory]
    [MemberData(nameof(EveryState))]
    public async Task AnActLeadsToItsStateOrIsRefusedNamingBothStates(string state)
    {
        await using var api = await ApiServer.StartAsync();
        foreach (var (act, from) in Acts)
        {
            var path = await InAsync(api, state, "app-" + act);

            var (status, answer) = await ActAsync(api, path, act);

            if (Allowed.TryGetValue((state, act), out var then))
            {
                Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Created, $"{act} while {state}: {answer}");
                Assert.Equal((act, then), (act, (await api.Admin.GetAsync(path)).Text("status")));
                continue;
            }

            Assert.True(status == HttpStatusCode.Conflict, $"{act} while {state} is not refused: {answer}");
            Assert.Equal("state_conflict", answer.Text("code"));
            if ((state, act) == ("success", "rollback"))
            {
                Assert.Contains("Nothing ran before", answer.Text("detail"), StringComparison.Ordinal);
                continue;
            }

            Assert.Contains($"is {States[state].Words} and", answer.Text("detail"), StringComparison.Ordinal);
            Assert.All(from, word => Assert.Contains(word, answer.Text("detail"), StringComparison.Ordinal));
        }
    }

    /// <summary>A deployment of two tasks, of which the second asks for a person.</summary>
    private static async Task<string> InAsync(ApiServer api, string state, string app)
    {
        await api.Admin.PostAsync("/api/v1/apps", new { id = app, source = new { embedded = true } }, HttpStatusCode.Created);
        var created = await api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { app }, autoStart = false }, HttpStatusCode.Created);
        var path = "/api/v1/deployments/" + created.Text("id");
        await api.Admin.PutAsync(path + "/workflow", Graph("gate"), HttpStatusCode.OK);
        foreach (var act in States[state].Path)
        {
            if (act is "succeed" or "fail") await WorkAsync(api, created.Text("id"), act == "succeed");
            else await api.Admin.PostAsync($"{path}/{act}", null, HttpStatusCode.OK);
        }

        Assert.Equal(state, (await api.Admin.GetAsync(path)).Text("status"));
        return path;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> ActAsync(ApiServer api, string path, string act)
    {
        using var response = act == "edit"
            ? await api.Admin.RawAsync(HttpMethod.Put, path + "/workflow", Api.Json(Graph("look closely")))
            : await api.Admin.RawAsync(HttpMethod.Post, $"{path}/{act}");
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    private static WorkflowInput Graph(string gate)
    {
        var command = new TaskInput(RunTaskType.Custom, Id: "first", Name: "first", Payload: BoreasJson.ToElement(new { command = new[] { "true" } }), TimeoutSeconds: 60, MaxAttempts: 1);
        return new WorkflowInput([command, command with { Id = "gate", Name = gate, BlockBy = "first", RequireConfirm = true }]);
    }

    /// <summary>Does the deployment's next task; what others before it left is taken and forgotten.</summary>
    private static async Task WorkAsync(ApiServer api, string deployment, bool succeeds)
    {
        var runner = await api.MachineAsync(TokenKind.Runner);
        ClaimedJob job;
        do job = BoreasJson.Read<ClaimedJob>(await runner.PostAsync("/deploy/jobs/claim", new ClaimRequest("test", ["linux"], WaitSeconds: 20), HttpStatusCode.OK));
        while (job.DeploymentId != deployment);
        var failure = succeeds ? null : new JobFailure(FailureKind.Failed, "command_failed", "It broke.");
        await runner.PostAsync($"/deploy/jobs/{job.JobId}/report", new ReportRequest(job.Lease, job.Epoch, succeeds ? JobOutcome.Succeeded : JobOutcome.Failed, Failure: failure), HttpStatusCode.NoContent);
    }
}

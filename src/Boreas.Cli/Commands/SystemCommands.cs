using System.CommandLine;
using System.Text.Json.Nodes;
using Boreas.Cli.Api;
using Boreas.Cli.Files;
using Boreas.Cli.Follow;
using Boreas.Cli.Output;
using Boreas.Contracts;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Environments;
using Boreas.Contracts.Systems;
using Boreas.Contracts.Versions;
using Boreas.Server.Problems;
using Boreas.Server.Systems;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas plan | apply</c>: a whole system from one file.</summary>
internal static class SystemCommands
{
    public static Command Plan(CommandKit kit)
    {
        var file = SystemFile();
        return kit.Local("plan", "Check the file of a whole system and show what its deployment would do, without a server", [file], async (call, cancel) =>
        {
            var plan = Planned(await ReadAsync(call, call.Get(file), cancel), call);
            var answer = new Answer(200, BoreasJson.ToElement(plan).GetRawText());
            call.Print.Answer(answer, () =>
            {
                if (plan.Deployments.Count == 0) call.Print.Line($"{call.Get(file)} is right. It has no 'deploy', so there is nothing to plan.");
                PlanText.Show(call.Print, plan, offline: true);
            });
            return ExitCode.Ok;
        });
    }

    public static Command Apply(CommandKit kit)
    {
        var file = SystemFile();
        var deploy = new Option<bool>("--deploy") { Description = "Roll out what the file's 'deploy' says as well" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would change, and change nothing" };
        var follow = new Option<bool>("--follow", "-f") { Description = "With --deploy: watch it to its end; the exit code says how it ended" };
        return kit.Remote("apply", "Make apps, environments and versions what a file says; what it does not say stays", [file, deploy, dryRun, follow], async (call, cancel) =>
        {
            var system = await ReadAsync(call, call.Get(file), cancel);
            if (call.Get(deploy) && system.Deploy is null) throw new CommandFailure(ExitCode.Usage, $"{call.Get(file)} has no 'deploy'.", "Add it, or leave --deploy out and use 'boreas deploy'.");
            Planned(system with { Deploy = null }, call);
            var changes = new List<SystemChange>();
            var dry = call.Get(dryRun);
            foreach (var environment in system.Environments ?? []) changes.Add(await ApplyAsync(call, environment with { Project = system.Project ?? environment.Project }, dry, cancel));
            foreach (var app in system.Apps ?? []) changes.Add(await ApplyAsync(call, app with { Project = system.Project ?? app.Project }, dry, cancel));
            if (system.Version is { } version) changes.Add(await ApplyAsync(call, version with { Project = system.Project ?? version.Project }, dry, cancel));

            var offline = false;
            DeploymentPlan? plan = null;
            DeploymentsCreated? created = null;
            if (call.Get(deploy) && system.ToDeployment() is { } wanted)
            {
                // A server can plan only what it has.
                offline = dry && changes.Exists(c => c.Action == "create");
                if (dry) plan = offline ? Planned(system, call) : (await call.Api.PostAsync(ApiPath.With(ApiPath.Of("deployments"), ("dryRun", "true")), wanted, cancel)).Read<DeploymentPlan>();
                else created = (await call.Api.SendAsync(HttpMethod.Post, ApiPath.Of("deployments"), wanted, cancel, idempotencyKey: Guid.NewGuid().ToString("N"))).Read<DeploymentsCreated>();
            }

            call.Print.Answer(new Answer(200, BoreasJson.ToElement(new Applied(changes, plan, created?.Deployments)).GetRawText()), () =>
            {
                call.Print.Rows(["WHAT", "NAME", dry ? "WOULD BE" : "WAS", "FIELDS"], changes.Select(c => (IReadOnlyList<string?>)[c.Kind, c.Name, Past(c.Action), string.Join(", ", c.Fields)]), "The file holds nothing.");
                if (plan is not null) PlanText.Show(call.Print, plan, offline);
                foreach (var deployment in created?.Deployments ?? []) call.Print.Line(DeploymentText.Title(deployment));
            });
            if (plan is { Refusals.Count: > 0 }) return ExitCode.Conflict;
            return created is not null && call.Get(follow) ? await Following.AllToTheEndAsync(call, created, logs: false, cancel) : ExitCode.Ok;
        });
    }

    private static Argument<string> SystemFile() =>
        new("FILE") { Description = "The system, as YAML or JSON (default: boreas.yaml); - for standard input", DefaultValueFactory = _ => "boreas.yaml" };

    private static async Task<SystemDocument> ReadAsync(Call call, string file, CancellationToken cancel) =>
        InputFile.Read<SystemDocument>(await TextFiles.ReadAsync(call, file, cancel), file == "-" ? "standard input" : file);

    private static DeploymentPlan Planned(SystemDocument system, Call call)
    {
        try
        {
            return OfflinePlan.Of(system, call.Terminal.Time.GetUtcNow());
        }
        catch (RequestRefusedException refused)
        {
            throw new CommandFailure(ExitCode.Usage, refused.Errors is null ? refused.Message : "The file is wrong.", "Correct what is named and try again.") { Code = refused.Code, Fields = refused.Errors ?? [] };
        }
    }

    private static async Task<SystemChange> ApplyAsync(Call call, EnvironmentInput input, bool dry, CancellationToken cancel)
    {
        var known = (await Listing.AllAsync<DeployEnvironment>(call.Api, ApiPath.Of("environments"), cancel)).FirstOrDefault(e => e.Name == input.Name && e.Project == (input.Project ?? "default"));
        if (known is null)
        {
            if (!dry) await call.Api.PostAsync(ApiPath.Of("environments"), input, cancel);
            return new SystemChange("environment", input.Name!, "create", []);
        }

        var fields = Differences(ToJson(known), ToJson(input), merges: false);
        if (!dry && fields.Count > 0) await call.Api.PutAsync(ApiPath.Of("environments", known.Id), input, cancel);
        return new SystemChange("environment", input.Name!, fields.Count > 0 ? "change" : "keep", fields);
    }

    private static async Task<SystemChange> ApplyAsync(Call call, AppInput input, bool dry, CancellationToken cancel)
    {
        JsonObject known;
        try
        {
            known = JsonNode.Parse((await call.Api.GetAsync(ApiPath.Of("apps", input.Id!), cancel)).Json)!.AsObject();
        }
        catch (CommandFailure failure) when (failure.Exit == ExitCode.NotFound)
        {
            if (!dry) await call.Api.PostAsync(ApiPath.Of("apps"), input, cancel);
            return new SystemChange("app", input.Id!, "create", []);
        }

        var patch = AppOptions.Patch(input);
        var fields = Differences(known, patch.AsObject(), merges: true);
        if (!dry && fields.Count > 0) await call.Api.PatchAsync(ApiPath.Of("apps", input.Id!), patch, cancel);
        return new SystemChange("app", input.Id!, fields.Count > 0 ? "change" : "keep", fields);
    }

    /// <summary>A version that is there must be the same one: versions do not change.</summary>
    private static async Task<SystemChange> ApplyAsync(Call call, VersionInput input, bool dry, CancellationToken cancel)
    {
        var known = input.Name is null ? null : (await Listing.AllAsync<AppVersion>(call.Api, ApiPath.Of("versions"), cancel)).FirstOrDefault(v => v.Name == input.Name && v.Project == (input.Project ?? "default"));
        var name = input.Name ?? "(new)";
        if (known is null)
        {
            if (!dry) await call.Api.PostAsync(ApiPath.Of("versions"), input, cancel);
            return new SystemChange("version", name, "create", []);
        }

        foreach (var revision in input.Apps!)
        {
            var has = known.Apps.FirstOrDefault(a => a.AppId == revision.AppId);
            if (has is null || known.Apps.Count != input.Apps.Count || Differences(ToJson(has), ToJson(revision), merges: true).Count > 0)
                throw new CommandFailure(ExitCode.Conflict, $"There is a version {name} already, and it differs in {revision.AppId}.", "Versions do not change: give this one another name.");
        }

        return new SystemChange("version", name, "keep", []);
    }

    /// <summary>Keys of <paramref name="wanted"/> that are something else in <paramref name="known"/>.</summary>
    /// <param name="merges">Whether an object's keys that are not wanted stay.</param>
    private static List<string> Differences(JsonObject known, JsonObject wanted, bool merges) =>
        [.. wanted.Where(p => !IsThere(known[p.Key], p.Value, merges)).Select(p => p.Key)];

    private static bool IsThere(JsonNode? known, JsonNode? wanted, bool merges) =>
        merges && wanted is JsonObject parts ? known is JsonObject whole && parts.All(p => IsThere(whole[p.Key], p.Value, merges)) : JsonNode.DeepEquals(known, wanted);

    private static JsonObject ToJson<T>(T value) => JsonNode.Parse(BoreasJson.ToElement(value).GetRawText())!.AsObject();

    private static string Past(string action) => action switch { "create" => "created", "change" => "changed", _ => "as it is" };

    private sealed record SystemChange(string Kind, string Name, string Action, IReadOnlyList<string> Fields);

    private sealed record Applied(IReadOnlyList<SystemChange> Changes, DeploymentPlan? Plan, IReadOnlyList<Deployment>? Deployments);
}

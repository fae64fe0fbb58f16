using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Follow;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Versions;
using Boreas.Engine.Runs;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas deploy</c>.</summary>
internal static class DeployCommand
{
    public static Command Build(CommandKit kit)
    {
        var apps = kit.Completed(new Argument<string[]>("APP") { Description = "Apps to deploy", Arity = ArgumentArity.ZeroOrMore }, "apps");
        var version = new Option<string?>("--version") { Description = "Deploy this version instead of the apps' present sources", HelpName = "VERSION" };
        var gitRef = new Option<string?>("--ref") { Description = "Branch, tag or commit", HelpName = "REF" };
        var template = new Option<string?>("--template") { Description = "The graph is this template's, its newest version or NAME@VERSION; without apps and a version, its tasks name the apps", HelpName = "NAME" };
        var parameters = new Option<string[]>("--param") { Description = "With --template: what a parameter is; may be repeated", HelpName = "NAME=VALUE" };
        var image = new Option<string?>("--image") { Description = "Run this image; nothing is built", HelpName = "REFERENCE" };
        var environments = new Option<string[]>("--env") { Description = "Where to; may be repeated: one deployment each", HelpName = "ENV" };
        var inOrder = new Option<bool>("--in-order") { Description = "Each app waits until the one before it serves" };
        var confirm = new Option<bool>("--require-confirm") { Description = "Each step waits for a person" };
        var conflict = new Option<string?>("--on-conflict") { Description = "When a deployment of the same app is active: reject, queue or supersede" };
        var strategy = new Option<string?>("--strategy") { Description = "blue-green, canary:10%, canary:10%:5m, rolling:2, rolling:2:30s, or a file with the steps (JSON, or YAML)", HelpName = "STRATEGY" };
        var keepWarm = new Option<string?>("--keep-warm") { Description = "How long what is replaced stays for a switch back at once: 60s (default), 10m, 0", HelpName = "TIME" };
        var reason = new Option<string?>("--reason") { Description = "Why, for the record", HelpName = "TEXT" };
        var breakGlass = new Option<string?>("--break-glass") { Description = "Go ahead though the environment is frozen; the reason is recorded", HelpName = "REASON" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show the plan, what changes and what would be refused, and record nothing" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Watch it to its end; the exit code says how it ended" };
        var logs = new Option<bool>("--logs") { Description = "With --follow: show the tasks' logs too" };
        conflict.AcceptOnlyFromAmong("reject", "queue", "supersede");

        return kit.Remote("deploy", "Deploy apps, or a version", [apps, version, gitRef, template, parameters, image, environments, inOrder, confirm, strategy, keepWarm, conflict, reason, breakGlass, dryRun, follow, logs], async (call, cancel) =>
        {
            var names = call.Get(apps) ?? [];
            var named = call.Get(template);
            if ((names.Length > 0 && call.Get(version) is not null) || (names.Length == 0 && (call.Get(version) ?? named) is null)) throw new CommandFailure(ExitCode.Usage, "Name the apps to deploy, or one --version, or a --template that names them.", "For example: boreas deploy hello --follow");
            if (call.Get(image) is not null && (names.Length != 1 || call.Get(gitRef) is not null)) throw new CommandFailure(ExitCode.Usage, "--image goes with one app and without --ref.");
            if (call.Get(image) is not null && call.Get(dryRun)) throw new CommandFailure(ExitCode.Usage, "--image makes a version, and --dry-run records nothing.", "Leave one of them out.");

            var target = call.Get(environments) ?? [];
            var made = call.Get(image) is { } reference ? await VersionOfAsync(call, names[0], reference, cancel) : call.Get(version);
            var request = new CreateDeployment(
                Version: made,
                Environment: target is [var one] ? one : null,
                Environments: target.Length > 1 ? target : null,
                ApplicationIds: made is null && names.Length > 0 ? names : null,
                Ref: call.Get(gitRef),
                MustInOrder: call.Get(inOrder) ? names : null,
                Strategy: call.Get(strategy) is { } steps ? StrategyText.Read(steps) : null,
                KeepWarmSeconds: call.Get(keepWarm) is { } time ? StrategyText.Seconds("--keep-warm", time) : null,
                ManualApproval: call.Get(confirm),
                OnConflict: call.Get(conflict),
                Reason: call.Get(reason),
                Template: named,
                Parameters: call.Has(parameters) ? Parameters(call.Get(parameters) ?? []) : null,
                BreakGlass: call.Get(breakGlass));
            var path = ApiPath.With(ApiPath.Of("deployments"), ("dryRun", call.Get(dryRun) ? "true" : null));
            var answer = await call.Api.SendAsync(HttpMethod.Post, path, request, cancel, idempotencyKey: Guid.NewGuid().ToString("N"));
            if (call.Get(dryRun))
            {
                var plan = answer.Read<DeploymentPlan>();
                call.Print.Answer(answer, () => PlanText.Show(call.Print, plan));
                return plan.Refusals.Count > 0 ? ExitCode.Conflict : ExitCode.Ok;
            }

            if (call.Get(follow)) return await Following.AllToTheEndAsync(call, answer.Read<DeploymentsCreated>(), call.Get(logs), cancel);
            call.Print.Answer(answer, () => Started(call.Print, answer.Read<DeploymentsCreated>()));
            return ExitCode.Ok;
        });
    }

    private static Dictionary<string, string> Parameters(IReadOnlyList<string> given)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in given)
        {
            var parts = text.Split('=', 2);
            if (parts is not [{ Length: > 0 } name, var value] || !values.TryAdd(name, value)) throw new CommandFailure(ExitCode.Usage, $"--param '{text}' is not NAME=VALUE, each name once.");
        }

        return values;
    }

    /// <summary>An image becomes a version of its own, named by the moment, so that it can be found and rolled back to.</summary>
    private static async Task<string> VersionOfAsync(Call call, string app, string image, CancellationToken cancel)
    {
        var name = $"{app}-{call.Terminal.Time.GetUtcNow():yyyyMMdd-HHmmss-fff}";
        return (await call.Api.PostAsync(ApiPath.Of("versions"), new VersionInput(name, Apps: [new AppRevision(app, Image: image)]), cancel)).Read<AppVersion>().Id;
    }

    private static void Started(Printer print, DeploymentsCreated created)
    {
        foreach (var deployment in created.Deployments)
        {
            print.Line(DeploymentText.Title(deployment));
            if (deployment is { Status: RunStatus.Pending, WaitingFor: { } why }) print.Line(Terminal.Clean($"  {why}"));
            print.Line($"  Watch it: boreas status {deployment.Id}");
        }
    }
}

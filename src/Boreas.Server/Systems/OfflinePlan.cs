using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Environments;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Systems;
using Boreas.Contracts.Values;
using Boreas.Contracts.Versions;
using Boreas.Server.Apps;
using Boreas.Server.Deployments;
using Boreas.Server.Environments;
using Boreas.Server.Problems;
using Boreas.Server.Versions;

namespace Boreas.Server.Systems;

/// <summary>Checks and plans a whole system from its file alone, with the control plane's own rules and without one.</summary>
public static class OfflinePlan
{
    /// <summary>What the file asks to be rolled out; without <c>deploy</c> it is checked only.</summary>
    /// <exception cref="RequestRefusedException">The file is wrong; every fault is named.</exception>
    public static DeploymentPlan Of(SystemDocument system, DateTimeOffset now)
    {
        var project = system.Project ?? EnvironmentQueries.DefaultProject;
        var problems = new List<FieldProblem>();
        Checked("", f => f.Required<Slug>("project", project));
        List<App> apps = [.. (system.Apps ?? []).Select((input, i) => AppOf(input, i))];
        List<DeployEnvironment> environments = [.. (system.Environments ?? []).Select((input, i) => EnvironmentOf(input, i))];
        Unique("apps", apps.Select(a => a.Id));
        Unique("environments", environments.Select(e => e.Name));
        if (system.Version is { } version)
        {
            Checked("version.", f => VersionChecks.Check(f, version));
            Known("version.apps", (version.Apps ?? []).Select(a => a.AppId));
        }

        var deploy = system.ToDeployment();
        if (deploy is not null)
        {
            Refused("deploy.", () => DeploymentRequest.Validate(deploy));
            if (deploy.Template is not null) problems.Add(new FieldProblem("deploy.template", "is known to a server only; write the tasks here, or ask it with 'boreas apply --dry-run'"));
            if (deploy.Version is { } named && named != system.Version?.Name) problems.Add(new FieldProblem("deploy.version", $"names '{named}', which is not the version of this file"));
            Known("deploy.applicationIds", deploy.ApplicationIds ?? []);
            foreach (var name in DeploymentRequest.EnvironmentsOf(deploy).OfType<string>().Where(name => environments.Count > 0 && environments.TrueForAll(e => e.Name != name)))
                problems.Add(new FieldProblem("deploy.environment", $"names '{name}', which is not an environment of this file"));
        }

        if (problems.Count > 0) throw RequestRefusedException.Invalid(problems);
        if (deploy is null) return new DeploymentPlan([], [], []);
        var planned = DeploymentRequest.EnvironmentsOf(deploy).Select(name => Spec(deploy, system.Version, apps, Target(name), now)).ToList();
        return new DeploymentPlan(
            [.. planned.Select(spec => DeploymentPreview.Show(spec, DeploymentCreation.Plan(spec, DeploymentRequest.ToPlanned(deploy.Tasks)), now, null))],
            [.. planned.SelectMany(spec => spec.Apps.Select(app => DeploymentPreview.Change(app, spec, null)))],
            []);

        App AppOf(AppInput input, int index)
        {
            var row = new AppRow { Project = project, CreatedAt = now, UpdatedAt = now };
            Checked($"apps[{index}].", f =>
            {
                row.Id = f.Required<Slug>("id", input.Id).Value ?? "";
                if (input.Project is not null && input.Project != project) f.Refuse("project", $"must be the file's, '{project}'");
                row.Set(AppSettings.Of(input, row.Id, f, new ServerOptions { DataDirectory = "" }));
            });
            return row.ToApp([], []);
        }

        DeployEnvironment EnvironmentOf(EnvironmentInput input, int index)
        {
            Checked($"environments[{index}].", f =>
            {
                f.Required<Slug>("name", input.Name);
                if (input.Project is not null && input.Project != project) f.Refuse("project", $"must be the file's, '{project}'");
                EnvironmentChecks.Check(f, input);
            });
            var row = new EnvironmentQueries.EnvironmentRow { Id = input.Name ?? "", Project = project, IsDefault = input.Default == true || (index == 0 && system.Environments!.All(e => e.Default != true)), CreatedAt = now };
            row.Set(input);
            return row.ToEnvironment();
        }

        DeployEnvironment Target(string? name) =>
            (name is null ? environments.Find(e => e.Default) : environments.Find(e => e.Name == name))
            ?? new DeployEnvironment(name ?? "", name ?? "(default)", project, name is null, false, [], new Dictionary<string, string>(), now);

        void Known(string field, IEnumerable<string> ids)
        {
            foreach (var id in ids.Where(id => apps.TrueForAll(a => a.Id != id))) problems.Add(new FieldProblem(field, $"names '{id}', which is no app of this file"));
        }

        void Unique(string field, IEnumerable<string> names)
        {
            foreach (var twice in names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1)) problems.Add(new FieldProblem(field, $"has '{twice.Key}' twice"));
        }

        void Checked(string prefix, Action<Fields> check)
        {
            var fields = new Fields(name => prefix + name);
            check(fields);
            Refused("", fields.ThrowIfAny);
        }

        void Refused(string prefix, Action demand)
        {
            try
            {
                demand();
            }
            catch (RequestRefusedException e)
            {
                problems.AddRange((e.Errors ?? [new FieldProblem("", e.Message)]).Select(p => p with { Field = prefix + p.Field }));
            }
        }
    }

    private static DeploymentSpec Spec(CreateDeployment deploy, VersionInput? version, List<App> apps, DeployEnvironment target, DateTimeOffset now)
    {
        var revisions = deploy.Version is null ? null : version!.Apps!;
        List<App> named = [.. (deploy.ApplicationIds is { Count: > 0 } ids ? ids : revisions!.Select(r => r.AppId)).Select(id => apps.First(a => a.Id == id))];
        DeploymentSources.DemandNoRefForImages(deploy, named);
        List<AppRevision> wanted = [.. named.Select(app => revisions?.FirstOrDefault(r => r.AppId == app.Id) ?? DeploymentSources.Revision(app, deploy.Ref))];
        var made = new AppVersion("", deploy.Version ?? "(new)", target.Project, wanted, "", now);
        return DeploymentSources.Snapshot(deploy, made, target, [.. named.Select((app, i) => new AppSnapshot(app, wanted[i]))], "");
    }
}

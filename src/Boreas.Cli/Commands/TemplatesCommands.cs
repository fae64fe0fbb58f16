using System.CommandLine;
using System.Globalization;
using Boreas.Cli.Api;
using Boreas.Cli.Files;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Templates;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas templates list | show | save | export | import | diff | delete</c>.</summary>
internal static class TemplatesCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group(
        "templates", "Templates: saved graphs of tasks in numbered versions", List(kit), Show(kit), Save(kit), Export(kit), Import(kit), Diff(kit), Delete(kit));

    private static Command List(CommandKit kit)
    {
        var paging = new Paging();
        return kit.Remote("list", "List the templates", paging.Options, (call, cancel) => paging.ShowAsync<Template>(
            call,
            ApiPath.Of("templates"),
            ["NAME", "VERSION", "PROJECT", "PARAMETERS", "TASKS", "BY", "CHANGED", "DESCRIPTION"],
            t => [[t.Name, Number(t.Version), t.Project, string.Join(", ", t.Parameters.Select(p => p.Name)), Number(t.Tasks.Count), t.CreatedBy, Look.Ago(t.CreatedAt, call.Terminal.Time), t.Description]],
            "No templates yet. Save one with 'boreas templates save NAME DEPLOYMENT'.",
            cancel));
    }

    private static Command Show(CommandKit kit)
    {
        var name = Named(kit, "The template's name or id; NAME@VERSION for an earlier version");
        return kit.Remote("show", "Show a template with its parameters and tasks", [name], async (call, cancel) =>
        {
            var answer = await GetAsync(call, call.Get(name), cancel);
            call.Print.Answer(answer, () =>
            {
                var template = answer.Read<Template>();
                call.Print.Line(Terminal.Clean($"{template.Name}@{template.Version} of project {template.Project}, by {template.CreatedBy}{(template.Description is null ? "" : $": {template.Description}")}"));
                if (template.Parameters.Count > 0)
                    call.Print.Rows(["PARAMETER", "DEFAULT", "REQUIRED", "DESCRIPTION"], template.Parameters.Select(p => (IReadOnlyList<string?>)[p.Name, p.Default, p.Required ? "yes" : "", p.Description]), "");
                call.Print.Rows(["TASK", "APP", "NAME", "TYPE", "AFTER"], template.Tasks.Select(t => (IReadOnlyList<string?>)[t.Id, t.AppId, t.Name, Look.Text(t.Type), t.BlockBy]), "");
            });
            return ExitCode.Ok;
        });
    }

    private static Command Save(CommandKit kit)
    {
        var name = Named(kit, "The template's name; one that is there gets a new version");
        var deployment = kit.Deployment();
        var description = new Option<string?>("--description") { Description = "What it is for, or what this version changes", HelpName = "TEXT" };
        return kit.Remote("save", "Save the graph of a deployment as a template", [name, deployment, description], async (call, cancel) =>
        {
            var source = (await DeploymentIds.FindAsync(call.Api, call.Get(deployment), cancel)).Read<Deployment>();
            return await SaveAsync(call, call.Get(name), new TemplateInput(Deployment: source.Id, Description: call.Get(description)), cancel);
        });
    }

    private static Command Export(CommandKit kit)
    {
        var name = Named(kit, "The template's name or id; NAME@VERSION for an earlier version");
        var file = new Argument<string?>("FILE") { Description = "Where to write it (default: standard output)", Arity = ArgumentArity.ZeroOrOne };
        return kit.Remote("export", "Write a template as YAML", [name, file], async (call, cancel) =>
        {
            var answer = await GetAsync(call, call.Get(name), cancel);
            if (call.Print.Json)
            {
                call.Print.Answer(answer, () => { });
                return ExitCode.Ok;
            }

            var template = answer.Read<Template>();
            await TextFiles.WriteAsync(call, call.Get(file), YamlJson.Write(new TemplateFile(template.Name, template.Description, template.Parameters.Count > 0 ? template.Parameters : null, template.Tasks)), cancel);
            return ExitCode.Ok;
        });
    }

    private static Command Import(CommandKit kit)
    {
        var file = new Argument<string>("FILE") { Description = "The template, as YAML or JSON; - for standard input" };
        var name = new Option<string?>("--name") { Description = "Its name, instead of the one in the file", HelpName = "NAME" };
        var project = new Option<string?>("--project") { Description = "Project that a new template belongs to", HelpName = "PROJECT" };
        return kit.Remote("import", "Read a template from a file; one that is there gets a new version", [file, name, project], async (call, cancel) =>
        {
            var read = InputFile.Read<TemplateFile>(await TextFiles.ReadAsync(call, call.Get(file), cancel), call.Get(file));
            return await SaveAsync(call, call.Get(name) ?? read.Name, new TemplateInput(Project: call.Get(project), Description: read.Description, Parameters: read.Parameters, Tasks: read.Tasks), cancel);
        });
    }

    private static Command Diff(CommandKit kit)
    {
        var name = Named(kit, "The template's name or id");
        var from = new Argument<int>("FROM") { Description = "Number of a version" };
        var to = new Argument<int?>("TO") { Description = "Number of another (default: the newest)", Arity = ArgumentArity.ZeroOrOne };
        return kit.Remote("diff", "Show what changed between two versions of a template", [name, from, to], async (call, cancel) =>
        {
            var template = (await GetAsync(call, call.Get(name), cancel)).Read<Template>();
            var answer = await call.Api.GetAsync(ApiPath.Of("templates", template.Id, "versions", Number(call.Get(from)), "compare", Number(call.Get(to) ?? template.Version)), cancel);
            call.Print.Answer(answer, () =>
            {
                foreach (var line in DifferenceText.Lines(answer.Read<TemplateDifference>())) call.Print.Line(Terminal.Clean(line.ReplaceLineEndings(" ")));
            });
            return ExitCode.Ok;
        });
    }

    private static Command Delete(CommandKit kit)
    {
        var name = Named(kit, "The template's name or id");
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        return kit.Remote("delete", "Delete a template with all its versions", [name, yes], async (call, cancel) =>
        {
            var found = await GetAsync(call, call.Get(name), cancel);
            var template = found.Read<Template>();
            await Confirm.AskAsync(call, yes, $"Delete the template {Terminal.Clean(template.Name)} with its {template.Version} versions", cancel);
            var answer = await call.Api.SendAsync(HttpMethod.Delete, ApiPath.Of("templates", template.Id), null, cancel, ifMatch: found.Tag);
            call.Print.Answer(answer, () => call.Print.Line(Terminal.Clean($"{template.Name} was deleted.")));
            return ExitCode.Ok;
        });
    }

    /// <summary>Makes a new template, or a new version of the one with this name.</summary>
    private static async Task<ExitCode> SaveAsync(Call call, string name, TemplateInput input, CancellationToken cancel)
    {
        var known = (await Listing.AllAsync<Template>(call.Api, ApiPath.Of("templates"), cancel)).Where(t => (t.Id == name || t.Name == name) && (input.Project is null || t.Project == input.Project)).ToList();
        if (known.Count > 1) throw new CommandFailure(ExitCode.Usage, $"There are templates '{name}' in the projects {string.Join(", ", known.Select(t => t.Project))}.", "Name one by its id: 'boreas templates list -o json'.");
        var answer = known is [var template]
            ? await call.Api.PostAsync(ApiPath.Of("templates", template.Id, "versions"), input with { Project = null }, cancel)
            : await call.Api.PostAsync(ApiPath.Of("templates"), input with { Name = name }, cancel);
        call.Print.Answer(answer, () =>
        {
            var saved = answer.Read<Template>();
            call.Print.Line(Terminal.Clean($"{saved.Name}@{saved.Version} was saved: {saved.Tasks.Count} tasks{(saved.Parameters.Count > 0 ? $", parameters {string.Join(", ", saved.Parameters.Select(p => p.Name))}" : "")}."));
        });
        return ExitCode.Ok;
    }

    /// <param name="text"><c>NAME</c> or <c>NAME@VERSION</c>.</param>
    private static Task<Answer> GetAsync(Call call, string text, CancellationToken cancel)
    {
        var parts = text.Split('@', 2);
        if (parts.Length == 1) return call.Api.GetAsync(ApiPath.Of("templates", parts[0]), cancel);
        if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var version)) throw new CommandFailure(ExitCode.Usage, $"'{text}' is not NAME or NAME@VERSION, with a number after the '@'.");
        return call.Api.GetAsync(ApiPath.Of("templates", parts[0], "versions", Number(version)), cancel);
    }

    private static Argument<string> Named(CommandKit kit, string description) => kit.Completed(new Argument<string>("TEMPLATE") { Description = description }, "templates");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record TemplateFile(string Name, string? Description, IReadOnlyList<TemplateParameter>? Parameters, IReadOnlyList<TaskInput> Tasks);
}

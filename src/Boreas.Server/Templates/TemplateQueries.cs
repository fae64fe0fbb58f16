using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Templates;
using Boreas.Server.Access;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Templates;

/// <summary>The SQL of templates. Inside the journal's transaction give its <c>Connection</c>.</summary>
internal static class TemplateQueries
{
    private const string Select =
        """
        select t.id, t.name, t.project, t.newest, t.created_at as made_at, v.version, v.description, v.parameters, v.tasks, v.created_by, v.created_at
        from templates t join template_versions v on v.template_id = t.id
        """;

    private const string IsVisible = "(@SeesAllProjects or t.project in @VisibleProjects)";

    /// <summary>The newest version of each template that the caller sees, by name.</summary>
    public static async Task<IReadOnlyList<TemplateRow>> ListAsync(DbConnection connection, Caller caller, string? project, string? after, int limit) =>
        [.. await connection.QueryAsync<TemplateRow>(
            $"{Select} where v.version = t.newest and {IsVisible} and (@anyProject or t.project = @project) and t.id > @after order by t.id limit @limit",
            new { caller.SeesAllProjects, caller.VisibleProjects, anyProject = project is null, project = project ?? "", after = after ?? "", limit })];

    public static async Task<IReadOnlyList<TemplateRow>> VersionsAsync(DbConnection connection, string id, int? before, int limit) =>
        [.. await connection.QueryAsync<TemplateRow>($"{Select} where t.id = @id and v.version < @before order by v.version desc limit @limit", new { id, before = before ?? int.MaxValue, limit })];

    /// <summary>A version of a template by its id, or by its name where only one project that the caller sees has it.</summary>
    /// <param name="version">Null: the newest.</param>
    /// <param name="project">Null: any that they see.</param>
    /// <exception cref="RequestRefusedException">404: there is none, or they may not see it; 403: they see it, and their role is too low; 400: the name is ambiguous.</exception>
    public static TemplateRow Demand(DbConnection connection, Caller caller, string idOrName, Role role, int? version = null, string? project = null)
    {
        var found = connection.Query<TemplateRow>(
            $"{Select} where (t.id = @idOrName or t.name = @idOrName) and v.version = coalesce(@version, t.newest) and {IsVisible} and (@anyProject or t.project = @project) order by case when t.id = @idOrName then 0 else 1 end, t.project",
            new { idOrName, version, caller.SeesAllProjects, caller.VisibleProjects, anyProject = project is null, project = project ?? "" }).ToList();
        var what = version is null ? "template" : $"version {version} of the template";
        if (found.Count == 0) throw RequestRefusedException.NotFound(what, idOrName);
        if (found.Count > 1 && found[0].Id != idOrName)
            throw RequestRefusedException.Invalid(new Contracts.Problems.FieldProblem("template", $"'{idOrName}' is the name of templates in the projects {string.Join(", ", found.Select(t => $"{t.Project} ({t.Id})"))}; give the id"));
        caller.Demand(found[0].Project, role, what, idOrName);
        return found[0];
    }

    public static bool NameIsTaken(DbConnection connection, string project, string name) =>
        connection.ExecuteScalar<long>("select count(*) from templates where project = @project and name = @name", new { project, name }) > 0;

    public static TemplateRow Create(JournalTransaction transaction, string id, string name, string project, TemplateContent content, string createdBy)
    {
        transaction.Execute("insert into templates (id, name, project, newest, created_at) values (@id, @name, @project, 0, @Now)", new { id, name, project, transaction.Now });
        return AddVersion(transaction, new TemplateRow { Id = id, Name = name, Project = project, Newest = 0, MadeAt = transaction.Now }, content, createdBy);
    }

    public static TemplateRow AddVersion(JournalTransaction transaction, TemplateRow template, TemplateContent content, string createdBy)
    {
        var added = new TemplateRow
        {
            Id = template.Id, Name = template.Name, Project = template.Project, Newest = template.Newest + 1, MadeAt = template.MadeAt, Version = template.Newest + 1,
            Description = content.Description, Parameters = Write(content.Parameters), Tasks = Write(content.Tasks), CreatedBy = createdBy, CreatedAt = transaction.Now,
        };
        transaction.Execute(
            """
            insert into template_versions (template_id, version, description, parameters, tasks, created_by, created_at)
            values (@Id, @Version, @Description, @Parameters, @Tasks, @CreatedBy, @CreatedAt)
            """, added);
        transaction.Execute("update templates set newest = @Version where id = @Id", added);
        return added;
    }

    public static void Delete(JournalTransaction transaction, string id) => transaction.Execute("delete from templates where id = @id", new { id });

    private static string Write<T>(IReadOnlyList<T> items) => JsonSerializer.Serialize(items, BoreasJson.Options);
}

internal sealed record TemplateContent(string? Description, IReadOnlyList<TemplateParameter> Parameters, IReadOnlyList<TaskInput> Tasks);

/// <summary>A version, with its template.</summary>
internal sealed class TemplateRow
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string Project { get; init; } = "";

    public int Newest { get; init; }

    public DateTimeOffset MadeAt { get; init; }

    public int Version { get; init; }

    public string? Description { get; init; }

    public string Parameters { get; init; } = "[]";

    public string Tasks { get; init; } = "[]";

    public string CreatedBy { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Names the newest version.</summary>
    public string Tag => ETags.Of(Newest, MadeAt);

    public Template ToTemplate() => new(
        Id, Name, Project, Version, Description, JsonSerializer.Deserialize<List<TemplateParameter>>(Parameters, BoreasJson.Options)!, JsonSerializer.Deserialize<List<TaskInput>>(Tasks, BoreasJson.Options)!, CreatedBy, CreatedAt);
}

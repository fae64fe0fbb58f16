using System.Data.Common;
using System.Globalization;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Templates;
using Boreas.Server.Access;
using Boreas.Server.Apps;
using Boreas.Server.Deployments;
using Boreas.Server.Problems;

namespace Boreas.Server.Templates;

/// <summary>Makes a request that names a template into one that has its tasks.</summary>
internal static class TemplateUse
{
    /// <summary>The request with the template's tasks filled in, and what the deployment is pinned to; as it came when it names none.</summary>
    public static (CreateDeployment Request, UsedTemplate? Used) Apply(DbConnection connection, CreateDeployment request, Caller caller)
    {
        if (request.Template is null) return (request, null);
        var (name, version) = Parse(request.Template);
        var project = request.ApplicationIds is [var app, ..] ? AppQueries.Demand(connection, caller, app, Role.Developer).Project : null;
        var template = TemplateQueries.Demand(connection, caller, name, Role.Viewer, version, project).ToTemplate();
        var (tasks, used) = TemplateGraph.Fill(template, request.Parameters ?? new Dictionary<string, string>());
        var apps = tasks.Select(t => t.AppId).OfType<string>().Distinct().ToList();
        var filled = request with { Template = null, Parameters = null, Tasks = tasks, ApplicationIds = request is { Version: null, ApplicationIds: null or { Count: 0 } } ? apps : request.ApplicationIds };
        DeploymentRequest.Validate(filled);
        return (filled, used);
    }

    private static (string Name, int? Version) Parse(string text)
    {
        var at = text.LastIndexOf('@');
        if (at < 0) return (text, null);
        return int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? (text[..at], version)
            : throw RequestRefusedException.Invalid(new FieldProblem("template", "must be the template's name or id, and may be followed by '@' and the number of a version"));
    }
}

using Boreas.Contracts;
using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.Http;

namespace Boreas.Agent.Api;

internal static class AgentProblem
{
    public static IResult Of(int status, string code, string detail, string? advice = null, IReadOnlyList<FieldProblem>? errors = null)
    {
        var title = code.Replace('_', ' ');
        var problem = new Problem(null, char.ToUpperInvariant(title[0]) + title[1..], status, detail, code, advice, errors);
        return Results.Json(problem, BoreasJson.Options, Problem.MediaType, status);
    }

    public static IResult NotFound(string instanceId) =>
        Of(StatusCodes.Status404NotFound, ProblemCodes.NotFound, $"This node has no instance '{instanceId}'.");
}

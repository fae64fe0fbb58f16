using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.Http;

namespace Boreas.Server.Problems;

/// <summary>A request that is answered with a problem: what happened, why, and what to do. Nothing was recorded.</summary>
public sealed class RequestRefusedException(int status, string code, string message, string? advice = null, IReadOnlyList<FieldProblem>? errors = null)
    : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public string? Advice { get; } = advice;

    public IReadOnlyList<FieldProblem>? Errors { get; } = errors;

    /// <summary>A foreign id and a missing one answer the same.</summary>
    public static RequestRefusedException NotFound(string what, string id) =>
        new(StatusCodes.Status404NotFound, ProblemCodes.NotFound, $"There is no {what} '{id}', or you may not see it.");

    public static RequestRefusedException Invalid(params IReadOnlyList<FieldProblem> errors) =>
        new(StatusCodes.Status400BadRequest, ProblemCodes.Invalid, string.Join(" ", errors.Select(e => e.Field.Length > 0 ? $"{e.Field} {e.Message}." : $"{e.Message}.")), "Correct the fields that are named and send the request again.", errors);

    public static RequestRefusedException Conflict(string code, string message, string? advice = null) =>
        new(StatusCodes.Status409Conflict, code, message, advice);
}

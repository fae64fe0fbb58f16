namespace Boreas.Contracts.Problems;

/// <summary>One refused field of a request or file: <paramref name="Field"/> as the user wrote it (<c>healthCheck.path</c>), and the fix.</summary>
public sealed record FieldProblem(string Field, string Message);

/// <summary>An RFC 9457 problem. <paramref name="Detail"/> says what happened and why, <paramref name="Advice"/> what to do next.</summary>
public sealed record Problem(
    string? Type,
    string Title,
    int Status,
    string? Detail,
    string Code,
    string? Advice = null,
    IReadOnlyList<FieldProblem>? Errors = null,
    string? TraceId = null)
{
    public const string MediaType = "application/problem+json";
}

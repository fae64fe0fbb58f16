using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;

namespace Boreas.Server.Problems;

/// <summary>How lists are cut into pages: one row more than asked for is read, and says that there is another page.</summary>
public static class Paging
{
    private const int Default = 50;
    private const int Max = 200;

    /// <exception cref="RequestRefusedException">It is not 1 to 200.</exception>
    public static int Limit(int? limit) =>
        limit is null or (>= 1 and <= Max) ? limit ?? Default : throw RequestRefusedException.Invalid(new FieldProblem("limit", $"must be 1 to {Max}"));

    /// <param name="rows">At most <paramref name="limit"/> + 1.</param>
    public static Page<T> Page<T>(IReadOnlyList<T> rows, int limit, Func<T, string> cursor) =>
        rows.Count > limit ? new Page<T>([.. rows.Take(limit)], cursor(rows[limit - 1])) : new Page<T>(rows, null);
}

namespace Boreas.Server.Access;

/// <summary>What a caller may see, for queries: <c>(@All or project in @Projects)</c>.</summary>
internal sealed record Scope(bool All, IReadOnlyCollection<string> Projects)
{
    public static Scope Of(Caller caller) => new(caller.SeesAllProjects, caller.VisibleProjects);
}

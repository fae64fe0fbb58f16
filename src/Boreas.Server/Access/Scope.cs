namespace Boreas.Server.Access;

/// <summary>What a caller may see, for queries: <c>(@All or project in @Projects)</c>.</summary>
internal sealed record Scope(bool All, SqlList<string> Projects)
{
    public static Scope Of(Caller caller) => new(caller.SeesAllProjects, caller.VisibleProjects);
}

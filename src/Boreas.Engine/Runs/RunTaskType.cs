namespace Boreas.Engine.Runs;

/// <summary>What a task does; inside one app the types are ordered as they stand here, except <c>Custom</c>, which has no place of its own.</summary>
public enum RunTaskType
{
    Prepare,
    Build,
    Test,
    Deploy,
    HealthCheck,
    Custom,
}

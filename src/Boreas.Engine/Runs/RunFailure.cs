namespace Boreas.Engine.Runs;

/// <summary>Why an attempt failed.</summary>
/// <param name="Retry">Whether it may pass when it is tried again.</param>
public sealed record RunFailure(string Code, string Message, string? Advice = null, bool Retry = false);

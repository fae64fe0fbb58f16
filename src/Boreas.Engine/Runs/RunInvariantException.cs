namespace Boreas.Engine.Runs;

/// <summary>The engine found its own state wrong. The run is stopped with this message; no other run is touched.</summary>
public sealed class RunInvariantException(string message) : Exception(message);

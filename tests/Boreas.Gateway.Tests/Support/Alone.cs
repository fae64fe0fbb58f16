namespace Boreas.Gateway.Tests.Support;

/// <summary>Tests that keep all cores busy: beside one of them a connection takes seconds.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

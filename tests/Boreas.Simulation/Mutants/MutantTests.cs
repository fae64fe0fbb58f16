namespace Boreas.Simulation.Mutants;

/// <summary>The checker is worth as much as the bugs that it catches.</summary>
public sealed class MutantTests
{
    private const int MostSeeds = 500;

    private static readonly Mutant[] All =
    [
        new("loses commits", Database: (inner, dice) => new LosesCommits(inner, dice)),
        new("drops an event", Database: (inner, dice) => new DropsAnEvent(inner, dice)),
        new("forgets the read model", Database: (inner, dice) => new ForgetsTheReadModel(inner, dice)),
        new("releases locks early", Database: (inner, _) => new ReleasesLocksEarly(inner)),
        new("keeps locks", Database: (inner, _) => new KeepsLocks(inner)),
        new("has a clock that is ahead", Database: (inner, dice) => new ClockAhead(inner, dice)),
        new("lets the stale act", Api: new LetsTheStaleAct()),
        new("takes the stale for fresh", Api: new TakesTheStaleForFresh()),
        new("keeps no lease", Api: new KeepsNoLease()),
        new("forgets the key", Api: new ForgetsTheKey()),
        new("takes no locks", Api: new TakesNoLocks()),
        new("cancels nothing", Api: new CancelsNothing()),
        new("forgets who confirmed", Api: new ForgetsWhoConfirmed()),
        new("forgets the switch", Api: new ForgetsTheSwitch()),
        new("routes to one too few", Api: new RoutesToOneTooFew()),
        new("restores nothing", Api: new RestoresNothing()),
        new("answers before it commits", AnswersEarly: true),
    ];

    public static TheoryData<string> Names => [.. All.Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task TheSimulationCatchesOneThat(string name)
    {
        var caught = await Seeds.RunAsync(1, MostSeeds, All.Single(m => m.Name == name), enough: 1);
        Assert.NotEmpty(caught);
    }
}

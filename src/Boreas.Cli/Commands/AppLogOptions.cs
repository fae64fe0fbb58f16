using System.CommandLine;
using System.Globalization;
using Boreas.Cli.Api;

namespace Boreas.Cli.Commands;

/// <summary>The options of <c>boreas logs --app</c>.</summary>
internal sealed class AppLogOptions
{
    private readonly Option<string?> app = new("--app") { Description = "What the running instances of this app write, in place of a deployment's tasks", HelpName = "APP" };
    private readonly Option<string?> environment = new("--env") { Description = "With --app: in this environment (default: the project's default one)", HelpName = "ENV" };
    private readonly Option<int?> tail = new("--tail") { Description = "With --app: the last so many lines of each instance (default: 200)", HelpName = "N" };

    public IEnumerable<Option> All => [app, environment, tail];

    public bool IsMeant(Call call) => call.Has(app);

    public bool IsIncomplete(Call call) => call.Has(environment) || call.Has(tail);

    /// <param name="before">How many lines of before; null: as typed.</param>
    public string Path(Call call, bool follow, int? before = null) => ApiPath.With(
        ApiPath.Of("apps", call.Get(app) ?? "", "logs"),
        ("environment", call.Get(environment)),
        ("tail", (before ?? call.Get(tail))?.ToString(CultureInfo.InvariantCulture)),
        ("follow", follow ? "true" : null));
}

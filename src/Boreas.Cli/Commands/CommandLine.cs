using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Boreas.Cli.Output;

namespace Boreas.Cli.Commands;

/// <summary>The tree of commands, and how one command line is carried out.</summary>
internal static class CommandLine
{
    public static RootCommand Build(CommandKit kit)
    {
        var root = new RootCommand("Boreas takes code from a Git push to a running, health-checked, routed application, and shows every step live.");
        foreach (var windowsOnly in new[] { "/?", "/h", "-?" }) root.Options.OfType<HelpOption>().Single().Aliases.Remove(windowsOnly);
        foreach (var option in kit.GlobalOptions) root.Options.Add(option);
        foreach (var command in Commands(kit)) root.Subcommands.Add(command);
        return root;
    }

    public static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancel)
    {
        // Words from users may begin with '@'; they are words, never names of files to read more words from.
        var words = Build(new CommandKit(terminal)).Parse(args.Count == 0 ? ["--help"] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var wrong = words.Action is ParseErrorAction;
        if (words.Action is ParseErrorAction action) action.ShowHelp = words.CommandResult.Command.Subcommands.Count > 0 && words.UnmatchedTokens.Count == 0;
        var exit = await words.InvokeAsync(
            new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
            cancel);
        return wrong ? (int)ExitCode.Usage : exit;
    }

    private static IEnumerable<Command> Commands(CommandKit kit) =>
    [
        AgentCommand.Build(kit),
        ServerCommand.Build(kit),
        RunnerCommand.Build(kit),
        GatewayCommand.Build(kit),
        ForgeCommand.Build(kit),
        ServeStaticCommand.Build(kit),
        LoginCommands.Login(kit),
        LoginCommands.Logout(kit),
        LoginCommands.WhoAmI(kit),
        ContextsCommands.Build(kit),
        AppsCommands.Build(kit),
        DeployCommand.Build(kit),
        SystemCommands.Plan(kit),
        SystemCommands.Apply(kit),
        DeploymentsCommands.Build(kit),
        StatusCommand.Build(kit),
        WhyCommand.Build(kit),
        LogsCommand.Build(kit),
        .. ActionCommands.Build(kit),
        TasksCommands.Build(kit),
        WorkflowCommands.Build(kit),
        TemplatesCommands.Build(kit),
        VersionsCommands.Build(kit),
        EnvironmentsCommands.Build(kit),
        RegistriesCommands.Build(kit),
        ImagesCommands.Build(kit),
        FleetCommands.Runners(kit),
        NodesCommands.Build(kit),
        FleetCommands.Routes(kit),
        HealthCommand.Build(kit),
        TokensCommands.Build(kit),
        UsersCommands.Build(kit),
        GroupsCommands.Build(kit),
        AuditCommand.Build(kit),
        CompletionCommand.Build(kit),
        GitCredentialCommand.Build(kit),
    ];
}

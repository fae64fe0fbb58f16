using System.CommandLine;
using Boreas.Cli.Output;

namespace Boreas.Cli.Commands;

/// <summary>
/// <c>boreas completion bash | zsh | fish</c>: a script for the shell. It asks <c>boreas</c> itself at every Tab (the hidden
/// suggest directive), so it knows every word, and the ids on the server too.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # boreas completion for bash. In ~/.bashrc:  source <(boreas completion bash)
        _boreas_complete() {
            local line="${COMP_LINE:0:COMP_POINT}" words
            words="$(boreas "[suggest:${#line}]" "$line" 2>/dev/null)" || return
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _boreas_complete boreas
        """;

    private const string Zsh = """
        #compdef boreas
        # boreas completion for zsh. In ~/.zshrc, after compinit:  source <(boreas completion zsh)
        _boreas() {
            local line="${BUFFER[1,CURSOR]}"
            local -a words
            words=("${(@f)$(boreas "[suggest:${#line}]" "$line" 2>/dev/null)}")
            [[ ${#words} -gt 0 && -n "${words[1]}" ]] && compadd -- "${words[@]}" || _files
        }
        compdef _boreas boreas
        """;

    private const string Fish = """
        # boreas completion for fish:  boreas completion fish > ~/.config/fish/completions/boreas.fish
        function __boreas_complete
            set -l line (commandline -cp)
            boreas "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c boreas -f -a '(__boreas_complete)'
        """;

    public static Command Build(CommandKit kit) => CommandKit.Group(
        "completion",
        "Print the completion script of a shell",
        Make(kit, "bash", Bash),
        Make(kit, "zsh", Zsh),
        Make(kit, "fish", Fish));

    private static Command Make(CommandKit kit, string shell, string script) => kit.Local(shell, $"Print the completion script for {shell}", [], (call, _) =>
    {
        call.Print.Line(script);
        return Task.FromResult(ExitCode.Ok);
    });
}

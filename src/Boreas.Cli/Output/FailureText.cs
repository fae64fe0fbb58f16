namespace Boreas.Cli.Output;

/// <summary>Tells a failure: what happened and why, then what to do. In json the server's problem goes to standard output as it came.</summary>
internal static class FailureText
{
    public static ExitCode Tell(Printer print, CommandFailure failure)
    {
        if (print is { Json: true } && failure.Json is not null) print.Line(failure.Json);
        var code = failure.Code is null ? "" : $" [{Terminal.Clean(failure.Code)}]";
        print.Note($"boreas: {Terminal.Clean(failure.Message.ReplaceLineEndings(" "))}{code}");
        foreach (var field in failure.Fields.Where(field => !failure.Message.Contains(field.Message, StringComparison.Ordinal))) print.Note($"  {Terminal.Clean(field.Field)}: {Terminal.Clean(field.Message)}");
        if (failure.Advice is not null) print.Note($"  {Terminal.Clean(failure.Advice.ReplaceLineEndings(" "))}");
        return failure.Exit;
    }
}

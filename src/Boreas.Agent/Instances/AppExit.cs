using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;

namespace Boreas.Agent.Instances;

/// <summary>What is said when an app ended by itself or was ended for a limit.</summary>
internal static class AppExit
{
    private const int KilledBySignal = 128 + 9;

    public static JobFailure Of(int? exitCode) => new(
        FailureKind.Failed,
        ProblemCodes.AppExited,
        exitCode is { } code ? $"The app exited with code {code}{Signal(code)}." : "The app exited; with which code is not known, because the agent was restarted meanwhile.",
        exitCode == KilledBySignal
            ? "Something killed it with signal 9; when its last lines say nothing, compare its memory limit with what it needs."
            : "Look at its last lines. The app must keep running and listen on $PORT.");

    public static JobFailure OutOfMemory(int limitMb, long? bytes) => new(
        FailureKind.Failed,
        ProblemCodes.AppOutOfMemory,
        bytes is { } used ? $"The app used {used / 1048576} MB and its limit is {limitMb} MB; it was ended." : $"The app needed more than its limit of {limitMb} MB; it was ended.",
        "Raise the app's memory limit, or find out why it needs so much.");

    public static JobFailure TooManyProcesses(int limit, int count) => new(
        FailureKind.Failed,
        ProblemCodes.AppExited,
        $"The app ran {count} processes and its limit is {limit}; it was ended.",
        "Raise the app's limit on processes, or find out why it starts so many.");

    private static string Signal(int code) => code is > 128 and < 160 ? $" (signal {code - 128})" : "";
}

using System.Runtime.InteropServices;
using Boreas.Cli.Commands;
using Boreas.Cli.Output;

using var interrupted = new CancellationTokenSource();
void Interrupt(PosixSignalContext signal)
{
    // The second time the process ends at once.
    signal.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
}

using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
return await CommandLine.RunAsync(args, Terminal.OfThisProcess(), interrupted.Token);

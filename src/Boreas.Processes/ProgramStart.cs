namespace Boreas.Processes;

/// <summary>
/// What to start. <c>Program</c> is a name that is looked up in the <c>PATH</c> of <see cref="Environment"/>, or an
/// absolute path; <c>Arguments</c> reach it as they are, because no shell is ever between.
/// </summary>
public sealed record ProgramStart(string Program, IReadOnlyList<string> Arguments)
{
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The complete environment: what is not here, the program does not see.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = BaseEnvironment.Create();

    /// <summary>What the program reads; null: nothing (<c>/dev/null</c>).</summary>
    public ProgramInput? StandardInput { get; init; }

    /// <summary>After this the program and everything it started is ended.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time between the request to end (SIGTERM) and the end (SIGKILL).</summary>
    public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many characters of the end of standard output, and of standard error, the result keeps.</summary>
    public int TailLength { get; init; } = 64 * 1024;
}

/// <summary>What a program reads from its standard input.</summary>
public sealed class ProgramInput
{
    private readonly Func<Stream, CancellationToken, Task> _write;

    private ProgramInput(Func<Stream, CancellationToken, Task> write) => _write = write;

    public static implicit operator ProgramInput(string text) => FromText(text);

    public static implicit operator ProgramInput(byte[] bytes) => FromBytes(bytes);

    public static implicit operator ProgramInput(Stream stream) => FromStream(stream);

    public static ProgramInput FromText(string text) => FromBytes(System.Text.Encoding.UTF8.GetBytes(text));

    public static ProgramInput FromBytes(ReadOnlyMemory<byte> bytes) =>
        new((pipe, cancellation) => pipe.WriteAsync(bytes, cancellation).AsTask());

    /// <summary>Copies <paramref name="stream"/> as it comes; the caller keeps it and disposes it.</summary>
    public static ProgramInput FromStream(Stream stream) => new(stream.CopyToAsync);

    internal Task WriteToAsync(Stream pipe, CancellationToken cancellation) => _write(pipe, cancellation);
}

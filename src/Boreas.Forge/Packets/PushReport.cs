using System.Buffers;
using System.Text;

namespace Boreas.Forge.Packets;

/// <summary>
/// What Git answered to a push: which refs it accepted. Fed with the payload of band 1 (clients with bands) or with the
/// answer's own packets; both are packets of lines such as <c>unpack ok</c>, <c>ok refs/heads/main</c>, <c>ng refs/heads/x why</c>.
/// </summary>
internal sealed class PushReport
{
    private readonly HashSet<string> _accepted = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _pending = new();

    /// <summary>Git has said how it ended; without, nobody knows which refs were accepted.</summary>
    public bool Complete { get; private set; }

    public bool Accepted(string name) => _accepted.Contains(name);

    /// <summary>Takes a piece of a stream of report packets.</summary>
    /// <exception cref="InvalidDataException">This is not a report.</exception>
    public void Feed(ReadOnlySequence<byte> piece)
    {
        foreach (var memory in piece) _pending.Write(memory.Span);
        var buffer = new ReadOnlySequence<byte>(_pending.WrittenMemory.ToArray());
        _pending.Clear();
        while (PktLine.TryRead(ref buffer, out var packet, out _)) Add(packet);
        foreach (var memory in buffer) _pending.Write(memory.Span);
    }

    public void Add(PktLine packet)
    {
        if (packet.Kind == PktKind.Flush) Complete = true;
        if (packet.Kind != PktKind.Data) return;
        var line = Encoding.UTF8.GetString(packet.Payload).TrimEnd('\n');
        if (line.StartsWith("ok ", StringComparison.Ordinal)) _accepted.Add(line[3..]);
    }
}

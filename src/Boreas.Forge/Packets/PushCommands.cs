using System.Buffers;
using System.Text;

namespace Boreas.Forge.Packets;

/// <summary>One line of a push: set <paramref name="Ref"/> from <paramref name="Old"/> to <paramref name="New"/>; an id of zeros stands for none.</summary>
internal sealed record PushCommand(string Old, string New, string Ref)
{
    public bool IsBranch => Ref.StartsWith("refs/heads/", StringComparison.Ordinal);

    public bool Deletes => New.All(c => c == '0');
}

/// <summary>
/// Reads the command list at the start of a push as the body passes by: nothing is changed or held back. Feed it the
/// body in pieces of any size; after the list's flush packet (the pack follows) it is <see cref="Complete"/> and
/// looks at nothing more.
/// </summary>
internal sealed class PushCommands
{
    /// <summary>Room for some 50,000 refs in one push.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private readonly List<PushCommand> _commands = [];
    private readonly HashSet<string> _capabilities = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _pending = new();
    private int _seen;

    public bool Complete { get; private set; }

    public IReadOnlyList<PushCommand> Commands => _commands;

    /// <summary>The client takes packets of several bands: progress can be shown.</summary>
    public bool SideBand => _capabilities.Contains("side-band-64k");

    /// <exception cref="InvalidDataException">This is not a push, or its list is longer than <see cref="MaxBytes"/>.</exception>
    public void Feed(ReadOnlySpan<byte> piece)
    {
        if (Complete) return;
        // Behind the list comes the pack: at most one packet of it is looked at in vain.
        var room = Math.Min(piece.Length, MaxBytes + PktLine.MaxLength - _seen);
        _pending.Write(piece[..room]);
        _seen += room;
        var buffer = new ReadOnlySequence<byte>(_pending.WrittenMemory);
        var before = buffer.Length;
        while (!Complete && PktLine.TryRead(ref buffer, out var packet, out _))
        {
            if (packet.Kind == PktKind.Flush) Complete = true;
            else if (packet.Kind == PktKind.Data) Add(packet.Payload);
        }

        if (!Complete && _seen > MaxBytes) throw new InvalidDataException($"The push names more refs than fit into {MaxBytes / 1024 / 1024} MB.");
        if (Complete || buffer.Length < before) Keep(Complete ? [] : buffer.ToArray());
    }

    private void Keep(byte[] rest)
    {
        _pending.Clear();
        _pending.Write(rest);
    }

    private void Add(ReadOnlySequence<byte> payload)
    {
        var line = Encoding.UTF8.GetString(payload).TrimEnd('\n');
        if (_commands.Count == 0 && line.Split('\0') is [var first, var offered, ..])
        {
            _capabilities.UnionWith(offered.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            line = first;
        }

        if (line.StartsWith("shallow ", StringComparison.Ordinal)) return;
        if (line.Split(' ', 3) is not [var old, var @new, var name] || !IsId(old) || !IsId(@new))
            throw new InvalidDataException("A push command was expected and something else came.");
        _commands.Add(new PushCommand(old, @new, name));
    }

    private static bool IsId(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);
}

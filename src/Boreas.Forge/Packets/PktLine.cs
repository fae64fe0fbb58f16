using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Boreas.Forge.Packets;

/// <summary>
/// One packet of Git's wire format: four hexadecimal digits of length (their own four bytes included), then the payload.
/// The lengths 0, 1 and 2 are marks without payload: flush, delimiter, end of response.
/// </summary>
/// <param name="Payload">Empty for a mark.</param>
internal readonly record struct PktLine(PktKind Kind, ReadOnlySequence<byte> Payload)
{
    /// <summary>Longest packet that Git sends, its four digits included.</summary>
    public const int MaxLength = 65520;

    /// <summary>Takes the next packet off the front of <paramref name="buffer"/>; false when it is not all there yet.</summary>
    /// <param name="raw">The packet as it was sent, digits included.</param>
    /// <exception cref="InvalidDataException">What is there is not a packet.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out PktLine packet, out ReadOnlySequence<byte> raw)
    {
        packet = default;
        raw = default;
        if (buffer.Length < 4) return false;
        Span<byte> digits = stackalloc byte[4];
        buffer.Slice(0, 4).CopyTo(digits);
        if (!Utf8Parser.TryParse(digits, out ushort length, out var used, 'x') || used != 4 || length == 3 || length > MaxLength)
            throw new InvalidDataException("A Git packet was expected and something else came.");
        var size = Math.Max(4, (int)length);
        if (buffer.Length < size) return false;
        raw = buffer.Slice(0, size);
        packet = new PktLine(length < 4 ? (PktKind)length : PktKind.Data, raw.Slice(4));
        buffer = buffer.Slice(size);
        return true;
    }

    /// <summary>Writes one packet of <paramref name="band"/> (1 data, 2 progress, 3 fatal error) with <paramref name="text"/>, in pieces where it is too long for one.</summary>
    public static void WriteBand(IBufferWriter<byte> output, byte band, string text)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text);
        do
        {
            var piece = bytes[..Math.Min(bytes.Length, MaxLength - 5)];
            var span = output.GetSpan(piece.Length + 5);
            WriteLength(span, piece.Length + 5);
            span[4] = band;
            piece.CopyTo(span[5..]);
            output.Advance(piece.Length + 5);
            bytes = bytes[piece.Length..];
        }
        while (!bytes.IsEmpty);
    }

    public static void WriteFlush(IBufferWriter<byte> output) => output.Write("0000"u8);

    private static void WriteLength(Span<byte> span, int length) =>
        Utf8Formatter.TryFormat((ushort)length, span, out _, new StandardFormat('x', 4));
}

internal enum PktKind
{
    Flush = 0,
    Delimiter = 1,
    ResponseEnd = 2,
    Data = 4,
}

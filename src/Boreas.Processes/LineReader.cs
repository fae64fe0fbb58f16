using System.Buffers;
using System.Text;

namespace Boreas.Processes;

/// <summary>
/// Cuts what a program writes into lines. Line ends are <c>\n</c> and <c>\r\n</c>; a lone <c>\r</c> overwrites the line, as
/// on a terminal, so that a progress display is one line. Bytes that are not UTF-8, and NUL, become U+FFFD. A line is at
/// most 16 KiB; the rest of it is dropped (a second line would let a secret that spans the cut pass unmasked).
/// </summary>
internal sealed class LineReader(Func<string, ValueTask> onLine)
{
    public const int MaxLine = 16 * 1024;

    private readonly byte[] _line = new byte[MaxLine];
    private int _length;
    private long _dropped;
    private bool _overwrite;

    public async Task ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
            {
                var from = 0;
                while (from < read)
                {
                    var at = buffer.AsSpan(from, read - from).IndexOfAny((byte)'\n', (byte)'\r');
                    var end = at < 0 ? read : from + at;
                    Add(buffer.AsSpan(from, end - from));
                    if (at < 0) break;
                    if (buffer[end] == '\r') _overwrite = true;
                    else await EmitAsync();
                    from = end + 1;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (_length > 0) await EmitAsync();
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (_overwrite) (_length, _dropped, _overwrite) = (0, 0, false);
        var fits = Math.Min(bytes.Length, MaxLine - _length);
        bytes[..fits].CopyTo(_line.AsSpan(_length));
        _length += fits;
        _dropped += bytes.Length - fits;
    }

    private ValueTask EmitAsync()
    {
        var text = Encoding.UTF8.GetString(_line, 0, _length).Replace('\0', '\uFFFD');
        if (_dropped > 0) text += $" … ({_dropped} bytes more)";
        (_length, _dropped, _overwrite) = (0, 0, false);
        return onLine(text);
    }
}

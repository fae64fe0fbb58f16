using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Boreas.Forge.Backend;

/// <summary>
/// A request's body on its way to Git: decompressed here, so that Git and whoever listens see the same bytes, counted,
/// and cut at the cap. What the client sends after that is read and thrown away, within limits, because a client
/// that cannot finish sending never reads the answer that says why.
/// </summary>
internal sealed class RequestBody(HttpRequest request, long cap)
{
    private const int PieceLength = 64 * 1024;
    private const long DrainAtLeast = 64L * 1024 * 1024;
    private long _bytes;

    /// <summary>More came than the cap allows; Git got only the start.</summary>
    public bool TooLarge { get; private set; }

    /// <summary>Whether the body is coded in a way that is understood.</summary>
    public static bool IsReadable(HttpRequest request) =>
        request.Headers.ContentEncoding.ToString().ToUpperInvariant() is "" or "IDENTITY" or "GZIP" or "X-GZIP";

    /// <summary>Copies the body to <paramref name="input"/> and closes that.</summary>
    /// <param name="look">Sees each piece first; may refuse it with an <see cref="InvalidDataException"/>.</param>
    /// <param name="moved">Called when bytes have moved.</param>
    public async Task SendAsync(Stream input, PieceListener look, Action moved, CancellationToken cancel)
    {
        await using var unpacked = IsPacked ? new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true) : null;
        var body = unpacked ?? request.Body;
        var piece = new byte[PieceLength];
        await using (input)
        {
            while (await body.ReadAsync(piece, cancel) is > 0 and var count)
            {
                moved();
                if (Count(count)) break;
                look(piece.AsSpan(0, count));
                if (!await TryWriteAsync(input, piece.AsMemory(0, count), cancel)) break;
            }
        }

        while (await request.Body.ReadAsync(piece, cancel) is > 0 and var count)
        {
            moved();
            Count(count);
            if (_bytes > Math.Max(4 * cap, DrainAtLeast)) throw new InvalidDataException("The client sends without an end.");
        }
    }

    private bool IsPacked => request.Headers.ContentEncoding.Count > 0 && !request.Headers.ContentEncoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase);

    private bool Count(int count)
    {
        _bytes += count;
        return TooLarge = _bytes > cap;
    }

    /// <summary>False when Git wants no more: it has seen enough to refuse.</summary>
    private static async Task<bool> TryWriteAsync(Stream input, ReadOnlyMemory<byte> piece, CancellationToken cancel)
    {
        try
        {
            await input.WriteAsync(piece, cancel);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

/// <summary>Sees a piece of a stream as it passes by.</summary>
internal delegate void PieceListener(ReadOnlySpan<byte> piece);

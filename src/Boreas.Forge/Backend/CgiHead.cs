using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Boreas.Forge.Backend;

/// <summary>The head of a CGI program's answer: header lines up to an empty one.</summary>
internal sealed record CgiHead(int Status, IReadOnlyDictionary<string, string> Headers)
{
    private const int MaxBytes = 16 * 1024;

    /// <summary>Reads the head; <paramref name="output"/> stands at the first byte of the body then. Null: the program ended before it had said anything whole.</summary>
    public static async Task<CgiHead?> ReadAsync(PipeReader output, CancellationToken cancel)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            var read = await output.ReadAsync(cancel);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.Latin1.GetString(rest.Slice(0, end)).TrimEnd('\r');
                rest = rest.Slice(rest.GetPosition(1, end));
                if (line.Length == 0)
                {
                    output.AdvanceTo(rest.Start);
                    return new CgiHead(StatusOf(headers), headers);
                }

                if (line.Split(':', 2) is [var name, var value]) headers[name.Trim()] = value.Trim();
            }

            if (read.IsCompleted || rest.Length > MaxBytes || headers.Count > 100) return null;
            output.AdvanceTo(rest.Start, rest.End);
        }
    }

    private static int StatusOf(Dictionary<string, string> headers) =>
        headers.TryGetValue("Status", out var text) && int.TryParse(text.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : 200;
}

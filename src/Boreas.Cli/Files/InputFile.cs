using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Boreas.Cli.Output;
using Boreas.Contracts;
using YamlDotNet.Core;

namespace Boreas.Cli.Files;

/// <summary>
/// A file that says what a request of the API says, in YAML or JSON, with the API's names. A key that is not known is
/// refused, because a mistyped key that is ignored is found last.
/// </summary>
internal static class InputFile
{
    private static readonly JsonSerializerOptions Strict = new(BoreasJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <exception cref="CommandFailure">It cannot be read, or is no <typeparamref name="T"/>.</exception>
    public static T Read<T>(FileInfo file) => Read<T>(TextFiles.Read(file.FullName, file.Name), file.Name);

    /// <param name="file">What it is called in messages.</param>
    /// <exception cref="CommandFailure">It is no <typeparamref name="T"/>.</exception>
    public static T Read<T>(string text, string file)
    {
        try
        {
            var read = YamlJson.Read(text);
            return read.ValueKind == JsonValueKind.Object ? read.Deserialize<T>(Strict)! : throw Wrong(file, "it must be lines of 'key: value'");
        }
        catch (YamlException e)
        {
            throw Wrong(file, string.Create(CultureInfo.InvariantCulture, $"line {e.Start.Line} is not YAML: {(e.InnerException?.Message ?? e.Message).TrimEnd('.')}"), e);
        }
        catch (JsonException e)
        {
            throw Wrong(file, $"'{e.Path?.TrimStart('$', '.')}' is not known, or has a value of another kind", e);
        }
    }

    private static CommandFailure Wrong(string file, string problem, Exception? cause = null) =>
        new(ExitCode.Usage, Terminal.Clean($"{file} cannot be taken: {problem}."), "The names are those of the API: docs/guides, or /openapi/v1.json.", cause);
}

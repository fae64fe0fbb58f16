using System.Text.Json;
using Boreas.Engine.Images;

namespace Boreas.Engine.Tests.Images;

/// <summary>The cases of the reference grammar's own authors.</summary>
public sealed class ReferenceConformanceTests
{
    private readonly JsonElement _cases = JsonDocument.Parse(File.ReadAllBytes(ReferenceCasesFactAttribute.Find() ?? throw new FileNotFoundException("The cases are not there."))).RootElement;

    [ReferenceCasesFact]
    public void ExactReferencesAreTakenApartAsWritten()
    {
        foreach (var each in _cases.GetProperty("parse_raw").GetProperty("cases").EnumerateArray())
        {
            var input = Text(each, "input");
            var parsed = ImageReference.TryParseExact(input, out var value, out _);
            Assert.True(parsed == each.GetProperty("valid").GetBoolean(), input);
            if (!parsed) continue;
            Assert.Equal(
                (input, Text(each, "domain"), Text(each, "path"), Text(each, "name"), Text(each, "tag"), Text(each, "digest")),
                (input, value.Domain ?? "", value.Path, value.Name, value.Tag ?? "", value.Digest?.Value ?? ""));
        }
    }

    [ReferenceCasesFact]
    public void ShortReferencesAreCompleted()
    {
        foreach (var each in _cases.GetProperty("parse_any_normalised").GetProperty("cases").EnumerateArray())
        {
            // Sixty-four digits alone are an image's id there; Boreas never runs something by a local id that a user wrote.
            var normalised = Text(each, "normalised");
            if (normalised.StartsWith("sha256:", StringComparison.Ordinal)) Assert.False(ImageReference.TryParse(Text(each, "input"), out _, out _));
            else Assert.Equal(normalised, Parse(Text(each, "input")).Value);
        }

        foreach (var each in _cases.GetProperty("normalised_split_hostname").EnumerateArray())
            Assert.Equal((Text(each, "domain"), Text(each, "path")), (Parse(Text(each, "input")).Domain, Parse(Text(each, "input")).Path));
    }

    [ReferenceCasesFact]
    public void PullsAreNormalised()
    {
        foreach (var each in _cases.GetProperty("parse_docker_ref").GetProperty("cases").EnumerateArray())
            Assert.Equal(Text(each, "expected"), Parse(Text(each, "input")).ForPull().Value);
    }

    [ReferenceCasesFact]
    public void NamesAreAcceptedAndRefused()
    {
        foreach (var each in Texts("normalised_named_valid").Concat(Texts("remote_name_valid"))) Assert.True(ImageReference.TryParse(each, out _, out var error), each + " " + error);
        foreach (var each in Texts("normalised_named_invalid").Concat(Texts("remote_name_invalid"))) Assert.False(ImageReference.TryParse(each, out _, out _), each);
        foreach (var each in _cases.GetProperty("domain_and_path_raw").EnumerateArray())
        {
            Assert.True(ImageReference.TryParseExact(Text(each, "input"), out var value, out _));
            Assert.Equal((Text(each, "domain"), Text(each, "path")), (value.Domain, value.Path));
        }
    }

    [ReferenceCasesFact]
    public void FamiliarNamesAreTheShortestOnes()
    {
        foreach (var each in _cases.GetProperty("repository_info").GetProperty("cases").EnumerateArray())
        {
            foreach (var input in new[] { Text(each, "AmbiguousName"), Text(each, "FullName"), Text(each, "FamiliarName") }.Where(text => text.Length > 0))
            {
                // The one name that is shortened further than it can be read back.
                if (input == "library/foo/bar") continue;
                var value = Parse(input);
                Assert.Equal(
                    (Text(each, "Domain"), Text(each, "RemoteName"), Text(each, "FullName"), Text(each, "FamiliarName")),
                    (value.Domain, value.Path, value.Name, value.FamiliarName));
            }
        }
    }

    private static ImageReference Parse(string text) => ImageReference.TryParse(text, out var value, out var error) ? value : throw new FormatException(text + " " + error);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";

    private IEnumerable<string> Texts(string name) => _cases.GetProperty(name).EnumerateArray().Select(element => element.GetString()!);
}

/// <summary>Skips, and says so, where the published cases are not beside the repository.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReferenceCasesFactAttribute : FactAttribute
{
    public ReferenceCasesFactAttribute()
    {
        if (Find() is null) Skip = "../shared/conformance/image-ref/distribution-reference.json is not there";
    }

    public static string? Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Boreas.slnx"))) folder = folder.Parent;
        if (folder is null) return null;
        // A worktree lies one folder deeper than the main checkout.
        string[] places = ["../shared", "../../shared"];
        return places
            .Select(place => Path.GetFullPath(Path.Combine(folder.FullName, place, "conformance", "image-ref", "distribution-reference.json")))
            .FirstOrDefault(File.Exists);
    }
}

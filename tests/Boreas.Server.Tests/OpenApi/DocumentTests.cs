using System.Text.Json;
using System.Text.RegularExpressions;
using Operation = (string Name, System.Text.Json.JsonElement Value);

namespace Boreas.Server.Tests.OpenApi;

public partial class DocumentTests
{
    private static readonly string[] Anonymous = ["login", "getHealth", "getReadiness", "getMetrics"];
    private static readonly string[] WithoutBody = ["logout", "addGroupMember"];

    [Fact]
    public async Task EveryOperationSaysWhatItTakesAndAnswers()
    {
        await using var api = await ApiServer.StartAsync();
        var document = await api.As(null).GetAsync("/openapi/v1.json");
        var operations = OperationsOf(document).ToList();

        Assert.True(operations.Count > 60, $"There are {operations.Count} operations only.");
        Assert.Empty(operations.SelectMany(o => LacksOf(document, o).Select(lack => $"{o.Name} lacks {lack}")));
        Assert.Empty(operations.GroupBy(o => Id(o.Value)).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public async Task MachinesSayWhichTokenTheyHave()
    {
        await using var api = await ApiServer.StartAsync();
        var document = await api.As(null).GetAsync("/openapi/v1.json");
        var schemes = OperationsOf(document).ToDictionary(o => Id(o.Value)!, o => o.Value.TryGetProperty("security", out var s) ? s.GetRawText() : "");

        Assert.Contains("runnerToken", schemes["claimJob"], StringComparison.Ordinal);
        Assert.Contains("agentToken", schemes["reportNode"], StringComparison.Ordinal);
        Assert.Contains("gatewayToken", schemes["getRouteTable"], StringComparison.Ordinal);
        Assert.Contains("forgeToken", schemes["reportPush"], StringComparison.Ordinal);
        Assert.DoesNotContain("runnerToken", schemes["createDeployment"], StringComparison.Ordinal);
        Assert.All(SecuritySchemes(document).Where(s => s.Name.EndsWith("Token", StringComparison.Ordinal)), s => Assert.Equal("bearer", s.Value.Text("scheme")));
    }

    [Fact]
    public async Task EveryReferenceLeadsSomewhere()
    {
        await using var api = await ApiServer.StartAsync();
        var document = await api.As(null).GetAsync("/openapi/v1.json");
        var references = References().Matches(document.GetRawText()).Select(m => m.Groups["to"].Value).Distinct().ToList();

        Assert.NotEmpty(references);
        Assert.All(references, reference => SchemaCheck.Resolve(document, reference));
    }

    [Fact]
    public async Task ItIsTheSameForEverybodyAndEveryTime()
    {
        await using var api = await ApiServer.StartAsync();

        var documents = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => api.As(i % 2 == 0 ? null : api.First.Token).Client.GetStringAsync("/openapi/v1.json")));

        Assert.Single(documents.Append(await api.Admin.Client.GetStringAsync("/openapi/v1.json")).Distinct());
    }

    private static IEnumerable<Operation> OperationsOf(JsonElement document) =>
        document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => ($"{method.Name} {path.Name}", method.Value)));

    private static IEnumerable<string> LacksOf(JsonElement document, Operation operation)
    {
        var (method, value) = (operation.Name.Split(' ')[0], operation.Value);
        if (Id(value) is not { } id || !VerbNoun().IsMatch(id)) yield return "an operationId of verb and noun";
        if (!value.TryGetProperty("summary", out var summary) || summary.GetString() is not { Length: > 0 }) yield return "a summary";
        if (!value.TryGetProperty("tags", out var tags) || tags.GetArrayLength() != 1) yield return "its tag";
        if (method is "post" or "put" or "patch" && !WithoutBody.Contains(Id(value)) && !(value.TryGetProperty("requestBody", out var body) && AreDescribed(body))) yield return "the type of its body";
        var secured = value.TryGetProperty("security", out var security);
        if (secured == Anonymous.Contains(Id(value))) yield return "the token that it takes, or that it takes none";
        if (secured && security.EnumerateArray().SelectMany(s => s.EnumerateObject()).Any(s => SecuritySchemes(document).All(known => known.Name != s.Name))) yield return "a scheme that is declared";
        var responses = value.GetProperty("responses");
        if (!responses.TryGetProperty("default", out var problem) || !problem.TryGetProperty("$ref", out var reference) || reference.GetString() != "#/components/responses/Problem") yield return "the problem";
        var successes = responses.EnumerateObject().Where(r => r.Name[0] is '1' or '2').ToList();
        if (successes.Count == 0) yield return "a success";
        foreach (var success in successes.Where(s => s.Name != "204" && method != "head" && !AreDescribed(s.Value))) yield return $"the type of its answer {success.Name}";
    }

    /// <summary>Whether every content has a schema that says something.</summary>
    private static bool AreDescribed(JsonElement body) =>
        body.TryGetProperty("content", out var content) && content.EnumerateObject().Any()
        && content.EnumerateObject().All(c => c.Value.TryGetProperty("schema", out var schema) && schema.EnumerateObject().Any());

    private static string? Id(JsonElement operation) => operation.TryGetProperty("operationId", out var id) ? id.GetString() : null;

    private static JsonElement.ObjectEnumerator SecuritySchemes(JsonElement document) => document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject();

    [GeneratedRegex("^(login|logout|[a-z]+([A-Z][a-z]+)+)$")]
    private static partial Regex VerbNoun();

    [GeneratedRegex("\"\\$ref\": *\"(?<to>[^\"]+)\"")]
    private static partial Regex References();
}

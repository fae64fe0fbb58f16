using System.ComponentModel;
using System.Text.Json;
using System.Text.RegularExpressions;
using Boreas.Contracts;
using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;

namespace Boreas.Server.Problems;

/// <summary>The problems that requests are answered with, and how one is written.</summary>
public static partial class ProblemAnswers
{
    public static Problem New(int status, string code, string detail, string? advice = null, IReadOnlyList<FieldProblem>? errors = null) =>
        new("urn:boreas:problem:" + code, ReasonPhrases.GetReasonPhrase(status), status, detail, code, advice, errors);

    public static Problem Of(RequestRefusedException refused) => New(refused.Status, refused.Code, refused.Message, refused.Advice, refused.Errors);

    internal static Problem OfJson(JsonException exception) => Of(Refusal(exception)) with { Advice = "Correct the field that is named; /openapi/v1.json has its type." };

    /// <summary>What the platform refused, in our words where its own are for who wrote the call.</summary>
    internal static Problem OfRequest(BadHttpRequestException bad) =>
        MissingParameter().Match(bad.Message) is { Success: true } missing ? Of(RequestRefusedException.Invalid(new FieldProblem(missing.Groups["name"].Value, "is missing")))
        : New(bad.StatusCode, ProblemCodes.Invalid, bad.Message.StartsWith("Implicit body", StringComparison.Ordinal) ? "The request has no body." : bad.Message, "See /openapi/v1.json for what this call takes.");

    /// <summary>Writes the problem as the whole answer.</summary>
    public static Task WriteProblemAsync(this HttpContext context, Problem problem)
    {
        context.Response.StatusCode = problem.Status;
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method)) return Task.CompletedTask;
        return context.Response.WriteAsJsonAsync(problem, BoreasJson.Options, Problem.MediaType, context.RequestAborted);
    }

    internal static Problem TooLarge => New(StatusCodes.Status413PayloadTooLarge, ProblemCodes.TooLarge, "The body is larger than this call takes.", "Send less, or in several requests.");

    internal static Problem ForStatus(HttpContext context)
    {
        var request = context.Request;
        return context.Response.StatusCode switch
        {
            StatusCodes.Status400BadRequest when Unreadable(context) is { Count: > 0 } fields => Of(RequestRefusedException.Invalid(fields)),
            StatusCodes.Status400BadRequest => New(StatusCodes.Status400BadRequest, ProblemCodes.Invalid, "The request cannot be read.", "See /openapi/v1.json for what this call takes."),
            StatusCodes.Status404NotFound => New(StatusCodes.Status404NotFound, ProblemCodes.NotFound, "There is nothing at this address.", "See /openapi/v1.json for the calls there are."),
            StatusCodes.Status405MethodNotAllowed => New(StatusCodes.Status405MethodNotAllowed, ProblemCodes.Invalid,
                $"This address does not take {(request.Method.Length <= 10 ? request.Method : "this method")}.", $"It takes {context.Response.Headers.Allow}."),
            StatusCodes.Status413PayloadTooLarge => TooLarge,
            StatusCodes.Status415UnsupportedMediaType => New(StatusCodes.Status415UnsupportedMediaType, ProblemCodes.Invalid, "The body's type is not taken here.", "Send JSON with Content-Type: application/json."),
            var status => New(status, status >= 500 ? ProblemCodes.Internal : ProblemCodes.Invalid, ReasonPhrases.GetReasonPhrase(status) + "."),
        };
    }

    /// <summary>The parameters of the query that are not of the type that the call takes.</summary>
    private static List<FieldProblem> Unreadable(HttpContext context)
    {
        return [.. (context.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
            .Where(parameter => parameter.HasTryParse && context.Request.Query.TryGetValue(parameter.Name, out var text) && !TypeOf(parameter).IsValid(text.ToString()))
            .Select(parameter => new FieldProblem(parameter.Name, TypeOf(parameter) is BooleanConverter ? "must be true or false" : "must be a whole number"))];

        static TypeConverter TypeOf(IParameterBindingMetadata parameter) =>
            TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(parameter.ParameterInfo.ParameterType) ?? parameter.ParameterInfo.ParameterType);
    }

    /// <summary>Names the field that could not be read, as the caller wrote it, and never repeats what was in it.</summary>
    internal static RequestRefusedException Refusal(JsonException exception)
    {
        var missing = MissingProperties().Match(exception.Message);
        var field = exception.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : "";
        var message =
            missing.Success ? $"misses {missing.Groups["names"].Value}"
            : exception.Message.Contains("could not be converted", StringComparison.Ordinal) ? "has the wrong type or is none of the values that are allowed"
            : exception.Message.Contains("doesn't allow setting null", StringComparison.Ordinal) || exception.Message.Contains("doesn't allow null", StringComparison.Ordinal) ? "must not be null"
            : exception.Message.Contains("maximum configured depth", StringComparison.Ordinal) ? "is nested too deeply"
            : "is not valid JSON";
        if (field.Length == 0) field = "body";
        return RequestRefusedException.Invalid(new FieldProblem(field, message));
    }

    [GeneratedRegex("^Required parameter \".*?(?<name>\\w+)\" was not provided")]
    private static partial Regex MissingParameter();

    [GeneratedRegex("missing required properties,? including:? (?<names>[^.]+)")]
    private static partial Regex MissingProperties();
}

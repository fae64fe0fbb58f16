using System.Text.Json;
using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Boreas.Server.OpenApi;

/// <summary>What <c>/openapi/v1.json</c> says beside the endpoints themselves. The web UI's types are generated from it.</summary>
internal static class OpenApiDocuments
{
    public static void Describe(OpenApiOptions options)
    {
        options.CreateSchemaReferenceId = type => (Nullable.GetUnderlyingType(type.Type) ?? type.Type) == typeof(JsonElement) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddSchemaTransformer(OpenApiSchemas.Correct);
        options.AddOperationTransformer((operation, context, _) =>
        {
            // Endpoints are named as the audit names them, operations as generated functions are.
            operation.OperationId = operation.OperationId is { } name ? JsonNamingPolicy.CamelCase.ConvertName(name) : null;
            operation.Responses ??= [];
            operation.Responses["default"] = new OpenApiResponseReference(nameof(Problem), context.Document);
            OpenApiSchemas.LeaveNullsOut(operation);
            OpenApiSecurity.Require(operation, context);
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer(async (document, context, cancellationToken) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Boreas",
                Version = "v1",
                Description = "JSON is camelCase, times are RFC 3339 UTC, what is null is left out. Errors are RFC 9457 problems with a stable code. Lists are paged: next is the cursor of the next page. What has an ETag takes If-Match with its change.",
            };
            document.Servers = [new OpenApiServer { Url = "/" }];
            await DeclareProblemAsync(document, context, cancellationToken);
            OpenApiSecurity.Declare(document);
            OpenApiSchemas.LeaveNullsOut(document);
            OpenApiSchemas.TidyDescriptions(document);
        });
    }

    private static async Task DeclareProblemAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var problem = await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancellationToken);
        document.AddComponent(nameof(FieldProblem), problem.Properties!["errors"].Items!);
        ((OpenApiSchema)problem.Properties["errors"]).Items = new OpenApiSchemaReference(nameof(FieldProblem), document);
        document.AddComponent<IOpenApiSchema>(nameof(Problem), problem);
        document.AddComponent<IOpenApiResponse>(nameof(Problem), new OpenApiResponse
        {
            Description = "Why it was refused or failed, and what to do next.",
            Content = new Dictionary<string, OpenApiMediaType> { [Problem.MediaType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(nameof(Problem), document) } },
        });
    }
}

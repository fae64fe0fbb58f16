using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Boreas.Server.Problems;

/// <summary>What the OpenAPI document says beside the endpoints themselves.</summary>
internal static class OpenApiDocuments
{
    public static void Describe(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "Boreas",
            Version = "v1",
            Description = "JSON is camelCase, times are RFC 3339 UTC, nulls are left out. Errors are RFC 9457 problems with a stable code. Lists are paged: next is the cursor of the next page.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token that was made with POST /api/v1/tokens." };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] }];
        return Task.CompletedTask;
    });
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Boreas.Server.OpenApi;

/// <summary>Bodies that the signature of an endpoint does not tell. The types named here are parts of other bodies.</summary>
internal static class OpenApiBodies
{
    /// <summary>The answer may be JSON lines as well, each a <typeparamref name="T"/>.</summary>
    public static RouteHandlerBuilder ProducesLinesOf<T>(this RouteHandlerBuilder endpoint) => endpoint.AddOpenApiOperationTransformer((operation, context, _) =>
    {
        operation.Responses!["200"].Content!["application/x-ndjson"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(typeof(T).Name, context.Document) };
        return Task.CompletedTask;
    });

    /// <summary>The body is a merge patch of a <typeparamref name="T"/>.</summary>
    public static RouteHandlerBuilder AcceptsPatchOf<T>(this RouteHandlerBuilder endpoint)
        where T : notnull =>
        endpoint.Accepts<T>("application/json", "application/merge-patch+json").AddOpenApiOperationTransformer((operation, context, _) =>
        {
            foreach (var content in operation.RequestBody!.Content!.Values) content.Schema = new OpenApiSchemaReference(typeof(T).Name, context.Document);
            return Task.CompletedTask;
        });
}

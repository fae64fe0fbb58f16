using System.ComponentModel;
using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Server.Access;
using Boreas.Server.Apps;
using Boreas.Server.Audit;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Secrets;

/// <summary>Values go in and never come out.</summary>
internal static class SecretsApi
{
    private const int MaxSecrets = 100;
    private const int MaxLength = 64 * 1024;

    public static void MapSecrets(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/v1/secrets/{app}", "Secrets");
        group.MapGet("", ListAsync).RequireAuthorization(Policies.Viewer).WithName("ListSecrets").WithSummary("Names of an app's secrets");
        group.MapPut("/{name}", PutAsync).RequireAuthorization(Policies.Developer).WithName("PutSecret").WithSummary("Store a secret as a new version; the next deployment uses it, and earlier ones keep theirs");
        group.MapDelete("/{name}", DeleteAsync).RequireAuthorization(Policies.Developer).WithName("DeleteSecret").WithSummary("Take a secret from an app, or with everywhere=true from its earlier releases too");
    }

    private static async Task<Ok<IReadOnlyList<SecretInfo>>> ListAsync(string app, Caller caller, Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        AppQueries.Demand(connection, caller, app, Role.Viewer);
        return TypedResults.Ok<IReadOnlyList<SecretInfo>>([.. SecretQueries.Current(connection, [app]).Select(r => r.ToInfo())]);
    }

    private static async Task<NoContent> PutAsync(string app, string name, SecretInput input, Caller caller, Journal journal, SecretBox box, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        fields.Required<VariableName>("name", name);
        if (name.StartsWith("boreas_", StringComparison.OrdinalIgnoreCase)) fields.Refuse("name", "must not start with 'boreas_', which is for Boreas's own");
        if (input.Value.Length is 0 or > MaxLength) fields.Refuse("value", $"must be 1 to {MaxLength} characters");
        else if (input.Value.Contains('\0', StringComparison.Ordinal)) fields.Refuse("value", "must not contain a zero character");
        fields.ThrowIfAny();
        var closed = box.Close(input.Value, "app", app, name);
        await journal.WriteAsync(transaction =>
        {
            AppQueries.Demand(transaction.Connection, caller, app, Role.Developer);
            if (SecretQueries.Current(transaction.Connection, [app]) is { Count: >= MaxSecrets } all && all.All(s => s.Name != name))
                throw RequestRefusedException.Conflict(ProblemCodes.QuotaExceeded, $"The app has {MaxSecrets} secrets already.", "Delete one that is not needed.");
            SecretQueries.Put(transaction, app, name, closed, caller.Name);
            transaction.Audit(caller, $"secret/{app}/{name}");
        }, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DeleteAsync(string app, string name, [Description("true: deletes the values of earlier releases too, which then cannot be started again.")] bool? everywhere, Caller caller, Journal journal, CancellationToken cancellationToken)
    {
        await journal.WriteAsync(transaction =>
        {
            AppQueries.Demand(transaction.Connection, caller, app, Role.Developer);
            var found = everywhere == true ? SecretQueries.DeleteEverywhere(transaction, app, name) > 0 : SecretQueries.Delete(transaction, app, name);
            if (!found) throw RequestRefusedException.NotFound("secret", name);
            transaction.Audit(caller, $"secret/{app}/{name}", everywhere == true ? "everywhere" : null);
        }, cancellationToken);
        return TypedResults.NoContent();
    }
}

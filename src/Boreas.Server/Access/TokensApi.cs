using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Values;
using Boreas.Server.Audit;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Access;

internal static class TokensApi
{
    private const int MaxDays = 3650;

    public static void MapTokens(this IEndpointRouteBuilder app)
    {
        var group = app.MapApi("/api/v1/tokens", "Access").RequireAuthorization(Policies.Viewer);
        group.MapGet("", ListAsync).WithName("ListTokens").WithSummary("Your tokens; an administrator sees everybody's");
        group.MapPost("", CreateAsync).WithName("CreateToken").WithSummary("A new token; its secret is in this answer and never again");
        group.MapDelete("/{id}", RevokeAsync).WithName("RevokeToken").WithSummary("End a token, and all that were made with it");
    }

    private static async Task<Ok<Page<Token>>> ListAsync(Caller caller, Database database, CancellationToken cancellationToken, string? cursor = null, int? limit = null)
    {
        var page = Paging.Limit(limit);
        await using var connection = await database.OpenAsync(cancellationToken);
        var tokens = await TokenQueries.ListAsync(connection, caller.Admin ? null : caller.UserId, cursor, page + 1);
        return TypedResults.Ok(Paging.Page([.. tokens.Select(t => t.ToToken())], page, t => t.Id));
    }

    private static async Task<Created<TokenCreated>> CreateAsync(TokenInput input, Caller caller, HttpContext context, Journal journal, CancellationToken cancellationToken)
    {
        var row = Checked(input, caller);
        var secret = TokenSecret.New(row.Kind);
        row.Hash = TokenSecret.Hash(secret);
        var token = await journal.WriteAsync(transaction =>
        {
            row.CreatedAt = transaction.Now;
            row.ExpiresAt = Earliest(input.ExpiresInDays is { } days ? transaction.Now.AddDays(days) : null, caller.Token?.ExpiresAt);
            TokenQueries.Insert(transaction, row);
            transaction.Audit(caller, "token/" + row.Id, row.Name);
            return row.ToToken();
        }, cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, new TokenCreated(token, secret));
    }

    private static async Task<NoContent> RevokeAsync(string id, Caller caller, Journal journal, Identities identities, CancellationToken cancellationToken)
    {
        await journal.WriteAsync(transaction =>
        {
            var token = TokenQueries.Find(transaction.Connection, id);
            if (token is null || (token.OwnerId != caller.UserId && !caller.Admin)) throw RequestRefusedException.NotFound("token", id);
            if (!IsWithin(token, caller)) throw Caller.Forbidden("The token is wider than the one that you use.");
            TokenQueries.Revoke(transaction, id);
            transaction.Audit(caller, "token/" + id, token.Name);
        }, cancellationToken);
        identities.Forget();
        return TypedResults.NoContent();
    }

    /// <summary>The token that is asked for, inside what its maker may: the maker's own role, project and expiry are its limits.</summary>
    private static TokenRow Checked(TokenInput input, Caller caller)
    {
        var fields = new Fields();
        fields.Text("name", input.Name, 100);
        fields.Optional<Slug>("project", input.Project);
        if (input.ExpiresInDays is { } days) fields.Range("expiresInDays", days, 1, MaxDays);
        if (input.Kind != TokenKind.User && (input.Role ?? (object?)input.Project) is not null) fields.Refuse("kind", "of runners, agents, gateways and forges has neither role nor project");
        fields.ThrowIfAny();

        var row = new TokenRow { Id = Ids.New("token"), Name = input.Name!, Kind = input.Kind, OwnerId = caller.UserId, OwnerName = caller.Name, MakerId = caller.Token?.Id };
        if (input.Kind != TokenKind.User)
            return caller.Admin ? row : throw Caller.Forbidden("Only an administrator makes tokens for runners, agents, gateways and forges.");
        row.Role = input.Role ?? caller.Token?.Role;
        row.Project = input.Project ?? caller.Token?.Project;
        if (!IsWithin(row, caller)) throw Caller.Forbidden("A token cannot be wider than the one that it is made with: it would have a higher role, or another project.");
        if (row.Project is { } project) caller.Demand(project, row.Role ?? Role.Viewer);
        else if (row.Role is { } role && !caller.Identity.HasSomewhere(role)) throw Caller.Forbidden($"You have the role '{Caller.NameOf(role)}' in no project.");
        return row;
    }

    private static bool IsWithin(TokenRow token, Caller caller) =>
        caller.Token is not { } maker || ((maker.Project is null || maker.Project == token.Project) && (maker.Role is null || token.Role <= maker.Role));

    private static DateTimeOffset? Earliest(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;
}

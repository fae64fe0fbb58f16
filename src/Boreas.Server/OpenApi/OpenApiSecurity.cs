using Boreas.Contracts.Access;
using Boreas.Server.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Boreas.Server.OpenApi;

/// <summary>Which token a call takes, read off its policy.</summary>
internal static class OpenApiSecurity
{
    private const string Session = "session";
    private const string AntiForgery = "antiForgery";
    private const string ForgeItself = "forgeHeader";
    private const string Ticket = "ticket";

    public static void Declare(OpenApiDocument document)
    {
        Declare(TokenOf(TokenKind.User), Bearer("A user's token, made with POST /api/v1/tokens. It does what its owner may, within its role and project."));
        Declare(TokenOf(TokenKind.Runner), Bearer("A token of the kind runner, made by an administrator."));
        Declare(TokenOf(TokenKind.Agent), Bearer("A token of the kind agent, made by an administrator."));
        Declare(TokenOf(TokenKind.Gateway), Bearer("A token of the kind gateway, made by an administrator."));
        Declare(TokenOf(TokenKind.Forge), Bearer("A token of the kind forge, made by an administrator."));
        Declare(Ticket, Bearer("A short-lived right to one repository or artifact, handed out with a job."));
        Declare(Session, Key(ParameterLocation.Cookie, SessionCookie.Name, "The cookie that POST /api/v1/login answers with."));
        Declare(AntiForgery, Key(ParameterLocation.Header, ForgeryCheck.Header, "With every change by cookie: antiForgery of GET /api/v1/me."));
        Declare(ForgeItself, Key(ParameterLocation.Header, ForgeAccessApi.Header, "The forge's own token, beside the credentials of who fetches or pushes."));

        void Declare(string name, OpenApiSecurityScheme scheme) => document.AddComponent<IOpenApiSecurityScheme>(name, scheme);
    }

    public static void Require(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IAllowAnonymous>().Any()) return;
        var policy = metadata.OfType<IAuthorizeData>().Select(a => a.Policy).LastOrDefault(p => p is not null);
        operation.Security = [.. TakenBy(policy, isChange: context.Description.HttpMethod is not ("GET" or "HEAD")).Select(Requirement)];
        if (RoleFor(policy) is { } role) operation.Description = string.Join(' ', ((string?[])[operation.Description, role]).Where(t => t is not null));

        OpenApiSecurityRequirement Requirement(string[] together)
        {
            var requirement = new OpenApiSecurityRequirement();
            foreach (var name in together) requirement.Add(new OpenApiSecuritySchemeReference(name, context.Document), []);
            return requirement;
        }
    }

    /// <summary>The ways to say who one is, each a set of schemes that go together.</summary>
    private static string[][] TakenBy(string? policy, bool isChange) => policy switch
    {
        Policies.Runner => [[TokenOf(TokenKind.Runner)]],
        Policies.Agent => [[TokenOf(TokenKind.Agent)]],
        Policies.Gateway => [[TokenOf(TokenKind.Gateway)]],
        Policies.Forge => [[TokenOf(TokenKind.Forge)]],
        Policies.Artifact => [[TokenOf(TokenKind.Runner)], [TokenOf(TokenKind.Agent)], [Ticket]],
        Policies.Repository => [[ForgeItself, TokenOf(TokenKind.User)], [ForgeItself, TokenOf(TokenKind.Runner)], [ForgeItself, Ticket]],
        _ => [[TokenOf(TokenKind.User)], isChange ? [Session, AntiForgery] : [Session]],
    };

    private static string? RoleFor(string? policy) => policy switch
    {
        Policies.Developer or Policies.Approver or Policies.Admin => $"Needs the role {policy} in the project.",
        Policies.Administrator => "For administrators of the installation.",
        _ => null,
    };

    private static string TokenOf(TokenKind kind) => kind.ToString().ToLowerInvariant() + "Token";

    private static OpenApiSecurityScheme Bearer(string description) => new() { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = description };

    private static OpenApiSecurityScheme Key(ParameterLocation where, string name, string description) => new() { Type = SecuritySchemeType.ApiKey, In = where, Name = name, Description = description };
}

using System.Text.Json.Serialization;
using Boreas.Contracts;
using Boreas.Server.Audit;
using Boreas.Server.OpenApi;
using Boreas.Server.Problems;
using Boreas.Server.Secrets;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Access;

/// <summary>How a host gets access control: services, the middleware in its order, and the endpoints.</summary>
public static class AccessHost
{
    /// <summary>Needs <see cref="Database"/> and <see cref="Journal"/> among the services.</summary>
    public static IServiceCollection AddBoreasAccess(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(options.Validated());
        services.TryAddSingleton(TimeProvider.System);
        services.AddDataProtection().SetApplicationName("boreas").PersistKeysToFileSystem(KeyFolder.Create(options.DataDirectory));
        // The keys lie beside the database on purpose, in a folder of their owner; the warning about that would come at every start.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error).AddFilter(typeof(BoreasAuthentication).FullName, LogLevel.Warning));
        services.AddSingleton<Passwords>().AddSingleton<LoginThrottle>().AddSingleton<SessionCookie>().AddSingleton<Identities>();
        services.AddSingleton(s => new AccessBootstrap(s.GetRequiredService<Journal>(), s.GetRequiredService<Passwords>(), s.GetRequiredService<Identities>()));
        services.AddAuthentication(BoreasAuthentication.SchemeName).AddScheme<AuthenticationSchemeOptions, BoreasAuthentication>(BoreasAuthentication.SchemeName, null);
        services.AddAuthorization(Policies.Add);
        services.ConfigureHttpJsonOptions(json =>
        {
            BoreasJson.Configure(json.SerializerOptions);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddOpenApi("v1", OpenApiDocuments.Describe);
        return services;
    }

    /// <summary>Problems, routing, authentication, audit and authorization, in this order. Before everything that answers.</summary>
    public static IApplicationBuilder UseBoreasAccess(this IApplicationBuilder app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseMiddleware<AuditMiddleware>();
        return app.UseAuthorization();
    }

    public static IEndpointRouteBuilder MapBoreasAccess(this IEndpointRouteBuilder app)
    {
        app.MapLogin();
        app.MapUsers();
        app.MapGroups();
        app.MapTokens();
        app.MapForgeAccess();
        app.MapAudit();
        app.MapOpenApi("/openapi/v1.json").AllowAnonymous();
        return app;
    }
}

using System.Net;
using System.Net.Http.Headers;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Jobs;
using Boreas.Server.Access;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Boreas.Server.Tests;

/// <summary>The API with a real database behind a real Kestrel on a free port, after its first start.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly string? _postgresDatabase;

    private ApiServer(WebApplication app, string folder, string? postgresDatabase, FirstAdministrator first)
    {
        (_app, _folder, _postgresDatabase, First) = (app, folder, postgresDatabase, first);
        Admin = As(first.Token);
    }

    public FirstAdministrator First { get; }

    public Api Admin { get; }

    public string Folder => _folder;

    public IServiceProvider Services => _app.Services;

    public Database Database => _app.Services.GetRequiredService<Database>();

    public Journal Journal => _app.Services.GetRequiredService<Journal>();

    public Uri Address => new(_app.Urls.First());

    public IEnumerable<EndpointDataSource> Endpoints => ((IEndpointRouteBuilder)_app).DataSources;

    public static async Task<ApiServer> StartAsync(string dialect = "sqlite", Func<ServerOptions, ServerOptions>? with = null, TimeProvider? time = null)
    {
        var folder = Directory.CreateTempSubdirectory("boreas-api-").FullName;
        var name = dialect == "postgres" ? "boreas_test_" + Guid.NewGuid().ToString("n") : null;
        if (name is not null) await OnPostgresAsync($"create database {name}");
        var options = new ServerOptions
        {
            DataDirectory = folder,
            Database = name is null ? null : new NpgsqlConnectionStringBuilder(DatabasesAttribute.Postgres) { Database = name, MaxPoolSize = 10 }.ToString(),
        };
        options = with?.Invoke(options) ?? options;

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddBoreasServer(options);
        var app = builder.Build();
        app.UseWebSockets();
        app.UseBoreasAccess();
        app.MapBoreasServer();
        app.MapPost("/test/fails", (HttpContext _) => throw new InvalidOperationException("a detail that nobody may see")).AllowAnonymous().ExcludeFromDescription();
        ServerHost.Start(app.Services);
        var first = await app.Services.GetRequiredService<AccessBootstrap>().EnsureAdministratorAsync();
        await app.Services.GetRequiredService<ResourcesBootstrap>().EnsureDefaultsAsync();
        await app.StartAsync();
        return new ApiServer(app, folder, name, first!);
    }

    /// <summary>A client with this token; null: with none.</summary>
    public Api As(string? token)
    {
        var client = Client();
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new Api(client);
    }

    /// <summary>A client that keeps cookies, as a browser does.</summary>
    public Api Browser() => new(Client());

    /// <summary>A new user with one role in one project, and a client with a token of theirs.</summary>
    public async Task<Api> UserAsync(string name, Role role, string project = "default")
    {
        await Admin.PostAsync("/api/v1/users", new { name, password = "a long password", projects = new Dictionary<string, Role> { [project] = role } }, HttpStatusCode.Created);
        var browser = Browser();
        var me = await browser.PostAsync("/api/v1/login", new { name, password = "a long password" }, HttpStatusCode.OK);
        browser.Session(Address, me.GetProperty("antiForgery").GetString()!);
        var created = await browser.PostAsync("/api/v1/tokens", new { name = "test" }, HttpStatusCode.Created);
        return As(created.GetProperty("secret").GetString());
    }

    public async Task<Api> MachineAsync(TokenKind kind)
    {
        var created = await Admin.PostAsync("/api/v1/tokens", new { name = kind.ToString(), kind }, HttpStatusCode.Created);
        return As(created.GetProperty("secret").GetString());
    }

    /// <summary>A job that a runner has just claimed: the first of a new deployment.</summary>
    public async Task<ClaimedJob> ClaimedJobAsync(Api runner)
    {
        await Admin.PostAsync("/api/v1/apps", new { id = "built", source = new { embedded = true } }, HttpStatusCode.Created);
        await Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "built" } }, HttpStatusCode.Created);
        var claimed = await runner.PostAsync("/deploy/jobs/claim", new ClaimRequest("test", ["linux", "podman", "docker", "process", "git"], WaitSeconds: 20), HttpStatusCode.OK);
        return BoreasJson.Read<ClaimedJob>(claimed);
    }

    public async ValueTask DisposeAsync()
    {
        var database = Database;
        await _app.DisposeAsync();
        await database.DisposeAsync();
        if (_postgresDatabase is not null) await OnPostgresAsync($"drop database {_postgresDatabase} with (force)");
        Directory.Delete(_folder, recursive: true);
    }

    private HttpClient Client() => new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = Address };

    private static async Task OnPostgresAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(DatabasesAttribute.Postgres!);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

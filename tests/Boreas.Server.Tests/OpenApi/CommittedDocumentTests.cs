namespace Boreas.Server.Tests.OpenApi;

/// <summary>The web UI's types are generated from a document in the repository, which a change of the API has to change as well.</summary>
public class CommittedDocumentTests
{
    private const string Accept = "BOREAS_ACCEPT_OPENAPI";
    private const string Command = Accept + "=1 dotnet test tests/Boreas.Server.Tests --filter CommittedDocument && npm --prefix web run api-types";

    [Fact]
    public async Task TheDocumentInTheRepositoryIsTheOneThatIsServed()
    {
        await using var api = await ApiServer.StartAsync();
        var file = Path.Combine(Root(), "web", "src", "gen", "openapi.json");
        var served = await api.As(null).Client.GetStringAsync("/openapi/v1.json") + "\n";
        if (Environment.GetEnvironmentVariable(Accept) == "1") await File.WriteAllTextAsync(file, served);

        Assert.True(await File.ReadAllTextAsync(file) == served, $"The API has changed. This writes its document and the web UI's types; look at what changed there, and commit it:\n{Command}");
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Boreas.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The tests do not run below the repository.");
        return folder;
    }
}

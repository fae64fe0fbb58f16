using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Api;

/// <summary>Finds the deployment or task that was meant by an abbreviated id.</summary>
internal static class DeploymentIds
{
    /// <summary>How far back an abbreviated id is looked for.</summary>
    private const int Newest = 1000;

    /// <summary>The deployment's answer, whole.</summary>
    public static async Task<Answer> FindAsync(ApiClient api, string text, CancellationToken cancel)
    {
        try
        {
            return await api.GetAsync(ApiPath.Of("deployments", text), cancel);
        }
        catch (CommandFailure missing) when (missing.Exit is ExitCode.NotFound or ExitCode.Usage)
        {
            var list = await Listing.AllAsync<Deployment>(api, ApiPath.Of("deployments"), cancel, Newest);
            return await api.GetAsync(ApiPath.Of("deployments", Listing.Unique(list, "deployment", text, d => d.Id).Id), cancel);
        }
    }

    /// <summary>The newest deployment, of one app when it is named; null when there is none.</summary>
    public static async Task<Deployment?> NewestAsync(ApiClient api, string? app, CancellationToken cancel)
    {
        var page = (await api.GetAsync(ApiPath.With(ApiPath.Of("deployments"), ("limit", "1"), ("app", app)), cancel)).Read<Page<Deployment>>();
        return page.Items is [var newest, ..] ? newest : null;
    }

    /// <summary>A task by id, by the beginning of its id, by name, by <c>{appId}-{type}</c>, or by its type when only one has it.</summary>
    public static DeploymentTask Task(Deployment deployment, string text)
    {
        var type = text.Replace('-', '_');
        var typed = deployment.Tasks.Where(task => $"{task.AppId}-{Look.Text(task.Type)}" == text || Look.Text(task.Type) == type).ToList();
        return typed is [var one] ? one : Listing.Unique(deployment.Tasks, "task", text, task => task.Id, task => task.Name);
    }
}

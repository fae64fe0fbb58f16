using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Follow;

/// <summary>What is known of a deployment: live messages carry only the tasks that changed.</summary>
internal static class DeploymentState
{
    /// <summary>
    /// <paramref name="known"/> with the change in it. Messages may overtake the answer that <paramref name="known"/> came
    /// from, so what is older than it, as a whole or task by task, changes nothing.
    /// </summary>
    public static Deployment Merge(Deployment known, Deployment change)
    {
        var changed = change.Tasks.ToDictionary(task => task.Id);
        var tasks = known.Tasks.Select(task => changed.Remove(task.Id, out var newer) && newer.UpdatedAt >= task.UpdatedAt ? newer : task).ToList();
        tasks.AddRange(changed.Values);
        return (change.UpdatedAt >= known.UpdatedAt ? change : known) with { Tasks = tasks };
    }
}

using System.Text.Json;
using Boreas.Agent.Files;
using Microsoft.Extensions.Logging;

namespace Boreas.Agent.Instances;

/// <summary>All instance folders of a data directory. One that cannot be read is set aside with its error; the others go on.</summary>
internal sealed partial class InstanceFolders(string dataDirectory, ILogger<InstanceFolders> log)
{
    private readonly string _root = Path.Combine(dataDirectory, "instances");

    public InstanceFolder Of(string instanceId) => new(Path.Combine(_root, instanceId));

    public IReadOnlyList<InstanceRecord> LoadAll()
    {
        PrivateFile.CreateFolder(_root);
        var records = new List<InstanceRecord>();
        foreach (var path in Directory.EnumerateDirectories(_root))
        {
            var id = Path.GetFileName(path);
            if (!InstanceId.TryParse(id, out _, out _)) continue;
            try
            {
                // A folder without a record: the agent died before it had taken the deploy on.
                if (Of(id).Load() is not { } record) Of(id).Delete();
                else if (record.InstanceId == id) records.Add(record);
                else SetAside(path, "it holds the record of another instance");
            }
            catch (JsonException error)
            {
                SetAside(path, error.Message);
            }
        }

        return records;
    }

    private void SetAside(string path, string why)
    {
        var aside = Path.Combine(dataDirectory, "unreadable", Path.GetFileName(path) + "-" + Guid.NewGuid().ToString("N")[..8]);
        PrivateFile.CreateFolder(Path.GetDirectoryName(aside)!);
        Directory.Move(path, aside);
        LogSetAside(path, aside, why);
    }

    [LoggerMessage(LogLevel.Error, "The instance in {Path} cannot be read and was moved to {Aside}: {Why}. Whatever it ran is stopped.")]
    private partial void LogSetAside(string path, string aside, string why);
}

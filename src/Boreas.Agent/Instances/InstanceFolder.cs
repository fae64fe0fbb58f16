using System.Text.Json;
using Boreas.Agent.Files;
using Boreas.Contracts;

namespace Boreas.Agent.Instances;

/// <summary>
/// The folder of one instance: <c>instance.json</c> (the record), <c>secrets/values.json</c> (needed to start it again
/// after a reboot), <c>app</c> (the unpacked artifact), <c>tmp</c>, <c>logs</c>.
/// </summary>
internal sealed class InstanceFolder(string path)
{
    public string Path { get; } = path;

    public string App => System.IO.Path.Combine(Path, "app");

    public string Temporary => System.IO.Path.Combine(Path, "tmp");

    public string Logs => System.IO.Path.Combine(Path, "logs");

    private string RecordFile => System.IO.Path.Combine(Path, "instance.json");

    private string SecretsFolder => System.IO.Path.Combine(Path, "secrets");

    private string SecretsFile => System.IO.Path.Combine(SecretsFolder, "values.json");

    public void Create()
    {
        foreach (var folder in new[] { Path, SecretsFolder, Logs, Temporary }) PrivateFile.CreateFolder(folder);
    }

    public void Save(InstanceRecord record) => PrivateFile.Write(RecordFile, JsonSerializer.SerializeToUtf8Bytes(record, BoreasJson.Options));

    public void SaveSecrets(IReadOnlyDictionary<string, string> secrets) =>
        PrivateFile.Write(SecretsFile, JsonSerializer.SerializeToUtf8Bytes(secrets, BoreasJson.Options));

    /// <exception cref="JsonException">The file is not what this version writes.</exception>
    public InstanceRecord? Load() => File.Exists(RecordFile)
        ? JsonSerializer.Deserialize<InstanceRecord>(File.ReadAllBytes(RecordFile), BoreasJson.Options)
        : null;

    public IReadOnlyDictionary<string, string> LoadSecrets() => File.Exists(SecretsFile)
        ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(SecretsFile), BoreasJson.Options)!
        : new Dictionary<string, string>();

    /// <summary>Drops what only a running instance needs; record and logs stay.</summary>
    public void Shrink()
    {
        foreach (var folder in new[] { App, Temporary, SecretsFolder })
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    public void Delete()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}

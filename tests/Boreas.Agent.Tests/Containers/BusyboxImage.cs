using System.Globalization;
using Boreas.Processes;

namespace Boreas.Agent.Tests.Containers;

/// <summary>An image from nothing but a busybox that serves its environment over HTTP; built once per test run.</summary>
internal static class BusyboxImage
{
    public const string Name = "localhost/boreas-agent-tests:1";

    private static readonly SemaphoreSlim Gate = new(1);
    private static string? _id;

    public static string? Program => ProgramPath.Find("busybox");

    /// <summary>The image's id, <c>sha256:…</c>.</summary>
    public static async Task<string> IdAsync()
    {
        await Gate.WaitAsync();
        try
        {
            return _id ??= await BuildAsync();
        }
        finally
        {
            Gate.Release();
        }
    }

    private static async Task<string> BuildAsync()
    {
        var context = Directory.CreateTempSubdirectory("boreas-image-").FullName;
        File.Copy(Program!, context + "/busybox");
        Directory.CreateDirectory(context + "/www/cgi-bin");
        await Write("/www/index.html", "hello from the container");
        await Write("/www/cgi-bin/env", "#!/bin/sh\necho Content-Type: text/plain\necho\neval \"echo \\\"\\$$QUERY_STRING\\\"\"\n");
        await Write("/www/cgi-bin/crash", "#!/bin/sh\nkill -9 $(cat /run/httpd)\n");
        await Write("/start", "#!/bin/sh\necho started\necho trouble >&2\ntrap 'kill $!; echo ended well; exit 0' TERM\nmkdir -p /run\nhttpd -f -p $PORT -h /www &\necho $! > /run/httpd\nwait $!\nexit 9\n");
        await File.WriteAllTextAsync(context + "/Dockerfile",
            "FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\nCOPY www /www\nCOPY start /start\nRUN [\"/bin/busybox\", \"--install\", \"/bin\"]\nENV PATH=/bin\nCMD [\"/start\"]\n");
        var built = await ProgramRunner.RunAsync(new ProgramStart("podman", ["build", "--quiet", "--tag", Name, context]));
        Directory.Delete(context, recursive: true);
        Assert.True(built.Succeeded, built.ErrorTail);
        return string.Create(CultureInfo.InvariantCulture, $"sha256:{built.Output.Trim()}");

        async Task Write(string path, string text)
        {
            await File.WriteAllTextAsync(context + path, text);
            if (!path.EndsWith(".html", StringComparison.Ordinal)) File.SetUnixFileMode(context + path, (UnixFileMode)0b111_101_101);
        }
    }
}

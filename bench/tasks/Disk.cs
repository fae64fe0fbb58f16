using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Boreas.Bench.Tasks;

/// <summary>What the disk can do: the physical limit of anything durable.</summary>
internal static class Disk
{
    private const int Writes = 1000;

    /// <summary>Prints the median time of making 8 KiB durable, in microseconds.</summary>
    public static int Print(string folder)
    {
        var path = Path.Combine(folder, "fdatasync");
        var block = new byte[8192];
        var times = new List<double>();
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            // Written once before, so that the file's size does not change while it is measured.
            RandomAccess.Write(file, new byte[block.Length * 64], 0);
            RandomAccess.FlushToDisk(file);
            for (var i = 0; i < Writes; i++)
            {
                var started = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, block, block.Length * (i % 64));
                RandomAccess.FlushToDisk(file);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            }
        }

        File.Delete(path);
        times.Sort();
        Console.WriteLine($"{Report.Percentile(times, 0.5):0}");
        return 0;
    }

    /// <summary>One row a transaction, with Boreas's own durability settings.</summary>
    public static int SqliteCommits(string folder, int commits)
    {
        var database = Boreas.Server.Storage.Database.Create(Path.Combine(folder, $"raw-{Guid.NewGuid():n}.db"));
        using var connection = (SqliteConnection)database.Open();
        using var create = new SqliteCommand("create table rows (id integer primary key, text text)", connection);
        create.ExecuteNonQuery();
        using var insert = new SqliteCommand("insert into rows (text) values ('something that is about as long as an event of a task')", connection);
        insert.Prepare();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < commits; i++) insert.ExecuteNonQuery();
        Report.Line("commits/s", "raw-sqlite", commits / Stopwatch.GetElapsedTime(started).TotalSeconds);
        return 0;
    }
}

using Boreas.Bench.Tasks;

// The parts that the scripts put together; each is one process and prints one number per line: METRIC WHO VALUE.
return args switch
{
    ["tasks", var who, var database, var tasks, var workers, var warmUp] => await Throughput.InProcessAsync(who, database, int.Parse(tasks), int.Parse(workers), int.Parse(warmUp)),
    ["by-size", var who, var database, var tasks, var perRun] => await Throughput.BySizeAsync(who, database, int.Parse(tasks), int.Parse(perRun)),
    ["tasks-http", var who, var url, var token, var tasks, var runners, var warmUp] => await Throughput.OverHttpAsync(who, new Uri(url), token, int.Parse(tasks), int.Parse(runners), int.Parse(warmUp)),
    ["server", var database, var port, var tasks] => await ControlPlane.ServeAsync(database, int.Parse(port), int.Parse(tasks)),
    ["flows", var who, var database, var rounds] => await Flows.RunAsync(who, database, int.Parse(rounds)),
    ["flows-http", var who, var database, var rounds] => await Flows.RunOverHttpAsync(who, database, int.Parse(rounds)),
    ["pickup", var who, var database, var samples, var waiting, var warmUp] => await Pickup.RunAsync(who, database, int.Parse(samples), int.Parse(waiting), int.Parse(warmUp)),
    ["disk", var folder] => Disk.Print(folder),
    ["sqlite-commits", var folder, var commits] => Disk.SqliteCommits(folder, int.Parse(commits)),
    ["summary", var file, var metric, var unit, var peer, .. var order] => Summary.Print(file, metric, unit, peer, order),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Start the .sh files beside this; they say what they measure.");
    return 2;
}

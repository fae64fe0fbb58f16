using Boreas.Bench.Gateway;

// The parts that run.sh puts together; each is one process.
return args switch
{
    ["yarp", var port, var upstream] => await BareYarp.RunAsync(int.Parse(port), upstream),
    ["gateway", var port, var upstream, var folder] => await BoreasGateway.RunAsync(int.Parse(port), upstream, folder),
    ["load", var url, var rate, var seconds] => await OpenLoop.RunAsync(new Uri(url), int.Parse(rate), int.Parse(seconds)),
    ["summary", var file, var peer] => Summary.Print(file, peer),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("yarp PORT UPSTREAM | gateway PORT UPSTREAM FOLDER | load URL RATE SECONDS | summary FILE PEER");
    return 2;
}

// An agent in a process of its own, which tests kill, and the apps that they deploy.
using System.Globalization;
using Boreas.Agent;
using Boreas.Agent.Tests.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

switch (args)
{
    case ["agent", var controlPlane, var url, var data, var engine, var stopApps]:
        // Its working directory is the root, and what is in the content root is watched for changes.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(url);
        builder.Services.AddBoreasAgent(new AgentOptions
        {
            ControlPlane = new Uri(controlPlane),
            Token = () => "agent-token",
            Url = new Uri(url),
            DataDirectory = data,
            Engine = Enum.Parse<AgentEngine>(engine),
            StopAppsOnExit = bool.Parse(stopApps),
        });
        await using (var agent = builder.Build())
        {
            agent.MapBoreasAgent();
            await agent.RunAsync();
        }

        return 0;
    case ["serve-static", var folder, "--port", var port]:
        await StaticSite.RunAsync(folder, int.Parse(port, CultureInfo.InvariantCulture), CancellationToken.None);
        return 0;
    case ["app", .. var options]:
        return await TestApp.RunAsync(options);
    default:
        Console.Error.WriteLine("agent … | serve-static … | app …");
        return 2;
}

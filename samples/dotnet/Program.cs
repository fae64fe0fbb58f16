var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/", () => "Hello from .NET.\n");
app.MapGet("/healthz", () => "ok\n");
app.Run($"http://*:{Environment.GetEnvironmentVariable("PORT") ?? "3000"}");

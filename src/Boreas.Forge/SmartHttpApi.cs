using System.IO.Pipelines;
using Boreas.Forge.Access;
using Boreas.Forge.Backend;
using Boreas.Forge.Pushes;
using Boreas.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Forge;

/// <summary>Git's smart HTTP protocol: three routes, and nothing else of <c>git http-backend</c> can be reached.</summary>
internal static class SmartHttpApi
{
    private const string UploadPack = "git-upload-pack";
    private const string ReceivePack = "git-receive-pack";

    /// <summary>What a fetch may send: the commits that it wants and has.</summary>
    private const long MaxFetchRequestBytes = 32 * 1024 * 1024;

    public static RouteGroupBuilder Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/git");
        group.MapGet("/{name}.git/info/refs", AdvertiseAsync).WithName("AdvertiseRepository");
        group.MapPost("/{name}.git/" + UploadPack, FetchAsync).WithName("FetchFromRepository");
        group.MapPost("/{name}.git/" + ReceivePack, PushAsync).WithName("PushToRepository");
        group.Map("/{**rest}", (HttpContext context) => Refusal.NotSmart.WriteAsync(context.Response, context.RequestAborted));
        group.AllowAnonymous();
        group.ExcludeFromDescription();
        return group;
    }

    private static Task AdvertiseAsync(HttpContext context, string name, string? service, Doorkeeper door, HttpBackend backend) =>
        service is UploadPack or ReceivePack
            ? AdmittedAsync(context, name, service == ReceivePack, door, visitor => RelayAsync(context, visitor, service, advertise: true, backend))
            : Refusal.NotSmart.WriteAsync(context.Response, context.RequestAborted);

    private static Task FetchAsync(HttpContext context, string name, Doorkeeper door, HttpBackend backend) =>
        AdmittedAsync(context, name, write: false, door, visitor =>
            Misfit(context.Request, UploadPack) is { } misfit ? misfit.WriteAsync(context.Response, context.RequestAborted)
                : RelayAsync(context, visitor, UploadPack, advertise: false, backend));

    private static Task PushAsync(HttpContext context, string name, Doorkeeper door, PushExchange exchange) =>
        AdmittedAsync(context, name, write: true, door, visitor =>
            Misfit(context.Request, ReceivePack) is { } misfit ? misfit.WriteAsync(context.Response, context.RequestAborted)
                : exchange.ServeAsync(context, visitor));

    private static async Task AdmittedAsync(HttpContext context, string name, bool write, Doorkeeper door, Func<Visitor, Task> serve)
    {
        // The forge has caps of its own, which a client understands; the server's would cut the connection.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        try
        {
            var (visitor, refusal) = await door.AdmitAsync(context.Request, name, write, context.RequestAborted);
            await (refusal is null ? serve(visitor!) : refusal.WriteAsync(context.Response, context.RequestAborted));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone, and what ran for it was ended.
        }
        catch (Exception e) when (Reason(e) is { } reason)
        {
            if (context.Response.HasStarted) context.Abort();
            else await AnswerAsync(context, reason);
        }
    }

    /// <summary>What the client is told when a transfer broke off; null for what is a fault of ours.</summary>
    private static Refusal? Reason(Exception e) => e switch
    {
        InvalidDataException => new Refusal(StatusCodes.Status400BadRequest, e.Message),
        ProgramMissingException => new Refusal(StatusCodes.Status502BadGateway, "Git is not installed on the server that hosts the repositories."),
        OperationCanceledException or ObjectDisposedException => new Refusal(StatusCodes.Status408RequestTimeout, "The transfer was ended because nothing had moved for too long."),
        _ => null,
    };

    private static Task AnswerAsync(HttpContext context, Refusal refusal)
    {
        context.Response.Clear();
        return refusal.WriteAsync(context.Response, context.RequestAborted);
    }

    private static Refusal? Misfit(HttpRequest request, string service) =>
        request.ContentType != $"application/x-{service}-request" ? new Refusal(StatusCodes.Status415UnsupportedMediaType, $"The body must be application/x-{service}-request.")
        : !RequestBody.IsReadable(request) ? new Refusal(StatusCodes.Status415UnsupportedMediaType, "The body may be coded with gzip, or not at all.")
        : null;

    /// <summary>Passes a request to Git and the answer back, as they come.</summary>
    private static async Task RelayAsync(HttpContext context, Visitor visitor, string service, bool advertise, HttpBackend backend)
    {
        var run = await backend.StartAsync(context.Request, visitor, service, advertise, context.RequestAborted);
        if (run is null)
        {
            await Refusal.Busy.WriteAsync(context.Response, context.RequestAborted);
            return;
        }

        await using (run)
        {
            var sending = advertise ? run.SendNothingAsync().AsTask() : run.SendAsync(new RequestBody(context.Request, MaxFetchRequestBytes), _ => { });
            if (await BackendAnswer.BeginAsync(context.Response, run)) await CopyAsync(run, context.Response.BodyWriter);
            await sending;
        }
    }

    private static async Task CopyAsync(BackendRun run, PipeWriter output)
    {
        while (true)
        {
            var read = await run.Output.ReadAsync(run.Cancelled);
            run.Moved();
            foreach (var piece in read.Buffer) await output.WriteAsync(piece, run.Cancelled);
            run.Output.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }
}

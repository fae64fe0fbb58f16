using System.Net;
using Boreas.Contracts.Problems;
using Boreas.Runner.Jobs;
using Boreas.Runner.Registries;

namespace Boreas.Runner.Diagnosis;

/// <summary>Why a registry did not do what it was asked, found by asking it ourselves.</summary>
internal static class RegistryDiagnosis
{
    /// <summary>After a failed push: what is wrong, and what to do. <paramref name="said"/> is what the engine said, for the case that nothing is found.</summary>
    public static async Task<JobFailedException> ExplainPushAsync(ImageAddress image, bool plainHttp, RegistryLogin? login, string said, CancellationToken cancellation)
    {
        using var client = new RegistryClient(image.Host, plainHttp, login);
        var answer = await client.TryPushAsync(image.Repository, cancellation);
        if (answer.Status is HttpStatusCode.Accepted or HttpStatusCode.Created)
            return JobFailedException.Errored(ProblemCodes.RegistryUnreachable, $"The image could not be pushed to {image.Host}, although the registry lets us push now: {said}", "Trying again may help; the log shows what the engine said.");
        return await ExplainAsync(image, plainHttp, login, answer, "push to", cancellation);
    }

    /// <summary>What an answer that is not the expected one means.</summary>
    public static async Task<JobFailedException> ExplainAsync(ImageAddress image, bool plainHttp, RegistryLogin? login, RegistryAnswer answer, string action, CancellationToken cancellation)
    {
        var name = $"{image.Host}/{image.Repository}";
        switch (answer.Status)
        {
            case null:
                return await ExplainSilenceAsync(image.Host, plainHttp, answer, cancellation);
            case HttpStatusCode.Unauthorized when login is null:
                return JobFailedException.Failed(ProblemCodes.RegistryLoginMissing, $"The registry {image.Host} asks for a login to {action} {name}, and none is stored.", "Store user name and password (for Harbor: a robot account) of this registry in Boreas.");
            case HttpStatusCode.Unauthorized:
                return JobFailedException.Failed(ProblemCodes.RegistryAccessDenied, $"The registry {image.Host} refuses the login of '{login.UserName}'.", "The password is wrong or has expired, or the account is disabled; store a new one.");
            case HttpStatusCode.Forbidden:
                return JobFailedException.Failed(ProblemCodes.RegistryAccessDenied, $"'{login?.UserName ?? "anonymous"}' may not {action} {name}.", $"Give the account (robot) the right to {action.Split(' ')[0]} in this project, or check the project's name.");
            case HttpStatusCode.NotFound:
                return JobFailedException.Failed(ProblemCodes.ImageNotFound, $"The registry has no {(action == "pull" ? $"image {image.Text}" : $"project for {name}")}.", action == "pull" ? "Check the name and the tag." : "Create the project in the registry, or correct its name.");
            case HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                return JobFailedException.Errored(ProblemCodes.RegistryUnreachable, $"The registry {image.Host} answered {(int)answer.Status}.", "It is overloaded or broken; trying again may help.");
            default:
                return JobFailedException.Failed(ProblemCodes.RegistryUnreachable, $"{image.Host} answered {(int)answer.Status} where a registry was expected.", "Check that this host is a container registry (GET /v2/ answers 200 or 401).");
        }
    }

    private static async Task<JobFailedException> ExplainSilenceAsync(string host, bool plainHttp, RegistryAnswer answer, CancellationToken cancellation)
    {
        if (answer.Error == HttpRequestError.NameResolutionError)
            return JobFailedException.Errored(ProblemCodes.RegistryUnreachable, $"The name of the registry {host} cannot be resolved.", "Check the name, and the DNS of the runner.");
        if (!plainHttp && answer.Error == HttpRequestError.SecureConnectionError)
        {
            using var plain = new RegistryClient(host, plainHttp: true, login: null);
            if ((await plain.PingAsync(null, cancellation)).Status is HttpStatusCode.OK or HttpStatusCode.Unauthorized)
                return JobFailedException.Failed(ProblemCodes.RegistryPlainHttp, $"The registry {host} speaks plain HTTP, and TLS was expected.", "Give the registry a certificate; or, in a network that you trust, declare it as plain HTTP in Boreas.");
            return JobFailedException.Failed(ProblemCodes.RegistryUnreachable, $"No secure connection to {host}: {answer.Message}", "Install the registry's certificate authority on the runner (SSL_CERT_FILE), or give the registry a certificate that is trusted.");
        }

        if (plainHttp)
        {
            using var secure = new RegistryClient(host, plainHttp: false, login: null);
            if ((await secure.PingAsync(null, cancellation)).Status is not null)
                return JobFailedException.Failed(ProblemCodes.RegistryUnreachable, $"The registry {host} was declared as plain HTTP and speaks TLS.", "Take back the declaration of plain HTTP.");
        }

        return JobFailedException.Errored(ProblemCodes.RegistryUnreachable, $"The registry {host} cannot be reached: {answer.Message}", "Check host, port, firewall and proxy from the runner's machine.");
    }
}

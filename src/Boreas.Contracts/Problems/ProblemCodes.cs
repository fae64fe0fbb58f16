namespace Boreas.Contracts.Problems;

/// <summary>
/// Stable codes of problems: scripts and people key on these, so one is never renamed. The first part is about requests
/// (RFC 9457 <c>code</c>), the second about what stopped a task, found by looking.
/// </summary>
public static class ProblemCodes
{
    public const string Invalid = "invalid";
    public const string NotFound = "not_found";
    public const string Unauthenticated = "unauthenticated";
    public const string Forbidden = "forbidden";
    public const string ForgeUnknown = "forge_unknown";
    public const string AlreadyExists = "already_exists";
    public const string StateConflict = "state_conflict";
    public const string ActiveDeployment = "active_deployment";
    public const string QuotaExceeded = "quota_exceeded";
    public const string PreconditionFailed = "precondition_failed";
    public const string IdempotencyKeyReused = "idempotency_key_reused";
    public const string StaleLease = "stale_lease";
    public const string TooLarge = "too_large";
    public const string TooManyRequests = "too_many_requests";
    public const string GraphCycle = "graph_cycle";
    public const string StorageUnavailable = "storage_unavailable";
    public const string NoInstance = "no_instance";
    public const string AppAnswerBroken = "app_answer_broken";
    public const string Internal = "internal";

    public const string RepositoryUnreachable = "repository_unreachable";
    public const string RepositoryHostKeyUnknown = "repository_host_key_unknown";
    public const string RepositoryAccessDenied = "repository_access_denied";
    public const string RepositoryNotFound = "repository_not_found";
    public const string RefNotFound = "ref_not_found";
    public const string RepositoryTooLarge = "repository_too_large";
    public const string PathOutsideRepository = "path_outside_repository";
    public const string BuildPlanMissing = "build_plan_missing";
    public const string BuildPlanInvalid = "build_plan_invalid";
    public const string BuildFailed = "build_failed";
    public const string TestsFailed = "tests_failed";
    public const string CommandFailed = "command_failed";
    public const string ProgramMissing = "program_missing";
    public const string RegistryUnreachable = "registry_unreachable";
    public const string RegistryLoginMissing = "registry_login_missing";
    public const string RegistryAccessDenied = "registry_access_denied";
    public const string RegistryPlainHttp = "registry_plain_http";
    public const string RegistryKeepsImages = "registry_keeps_images";
    public const string ImageNotFound = "image_not_found";
    public const string ImageMissingOnNode = "image_missing_on_node";
    public const string EngineUnreachable = "engine_unreachable";
    public const string CanaryWorse = "canary_worse";
    public const string NoNode = "no_node";
    public const string NodeUnreachable = "node_unreachable";
    public const string AppWrongPort = "app_wrong_port";
    public const string AppExited = "app_exited";
    public const string PortTaken = "port_taken";
    public const string AppNotListening = "app_not_listening";
    public const string AppOutOfMemory = "app_out_of_memory";
    public const string HealthCheckFailed = "health_check_failed";
    public const string DigestMismatch = "digest_mismatch";
    public const string RouteNotConfirmed = "route_not_confirmed";
    public const string ArtifactMissing = "artifact_missing";
    public const string DiskFull = "disk_full";
    public const string Timeout = "timeout";
    public const string RunnerLost = "runner_lost";
    public const string NoRunner = "no_runner";
    public const string Refused = "refused";
}

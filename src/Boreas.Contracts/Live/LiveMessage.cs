using System.ComponentModel.DataAnnotations;
using Boreas.Contracts.Deployments;

namespace Boreas.Contracts.Live;

/// <summary>
/// One message of <c>GET /api/v1/live?since={sequence}&amp;deployment={id}</c> (WebSocket, JSON text). Every recorded
/// event after <c>since</c> comes once, in order; after a reconnect the client asks from the last sequence it saw.
/// </summary>
/// <param name="Type"><c>event</c> (a run changed: <c>Event</c>, and the run's present <c>Deployment</c> without other tasks than those that changed), <c>hello</c> (the first message: present sequence), <c>ping</c>.</param>
public sealed record LiveMessage([property: AllowedValues("event", "hello", "ping")] string Type, long Sequence, string? DeploymentId = null, DeploymentEvent? Event = null, Deployment? Deployment = null);

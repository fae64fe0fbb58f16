namespace Boreas.Contracts.Agents;

/// <summary>
/// Marks an endpoint that answers only to a genuine <see cref="AgentTicket"/>. The check is the endpoint's own filter; the
/// mark is there for who lists the endpoints and asks for the policy of each.
/// </summary>
public sealed class AgentTicketPolicy;

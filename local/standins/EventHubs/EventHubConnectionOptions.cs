using System.Net;

namespace Azure.Messaging.EventHubs;

/// <summary>How the official client reaches the service. This client speaks HTTPS either way.</summary>
public enum EventHubsTransportType
{
    /// <summary>AMQP over TCP.</summary>
    AmqpTcp,

    /// <summary>AMQP over web sockets.</summary>
    AmqpWebSockets,
}

/// <summary>How to reach the hub.</summary>
public class EventHubConnectionOptions
{
    /// <summary>The transport that the official client uses.</summary>
    public EventHubsTransportType TransportType { get; set; } = EventHubsTransportType.AmqpTcp;

    /// <summary>The proxy to go through, or null for that of the environment.</summary>
    public IWebProxy? Proxy { get; set; }

    /// <summary>How long an unused connection is kept.</summary>
    public TimeSpan ConnectionIdleTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Where to connect instead of the namespace's own address, such as a gateway; requests keep its host name.</summary>
    public Uri? CustomEndpointAddress { get; set; }
}

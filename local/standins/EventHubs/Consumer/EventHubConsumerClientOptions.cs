namespace Azure.Messaging.EventHubs.Consumer;

/// <summary>Options of <see cref="EventHubConsumerClient"/>.</summary>
public class EventHubConsumerClientOptions
{
    /// <summary>How to reach the hub.</summary>
    public EventHubConnectionOptions ConnectionOptions { get; set; } = new();

    /// <summary>When and how often to try again.</summary>
    public EventHubsRetryOptions RetryOptions { get; set; } = new();
}

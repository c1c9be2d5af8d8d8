namespace Azure.Messaging.EventHubs.Producer;

/// <summary>Options of <see cref="EventHubProducerClient"/>.</summary>
public class EventHubProducerClientOptions
{
    private EventHubConnectionOptions _connectionOptions = new();
    private EventHubsRetryOptions _retryOptions = new();

    /// <summary>A name for this producer, for logs; null makes one up.</summary>
    public string? Identifier { get; set; }

    /// <summary>How to reach the hub.</summary>
    public EventHubConnectionOptions ConnectionOptions
    {
        get => _connectionOptions;
        set => _connectionOptions = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>When and how often to try again.</summary>
    public EventHubsRetryOptions RetryOptions
    {
        get => _retryOptions;
        set => _retryOptions = value ?? throw new ArgumentNullException(nameof(value));
    }
}

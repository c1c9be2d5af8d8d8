using Azure.Core;

namespace Azure.Messaging.EventHubs.Producer;

/// <summary>
/// Sends events to a hub, by the service's documented HTTPS send API. Sending is at least once: an answer that was lost is
/// tried again. Safe for concurrent use.
/// </summary>
public class EventHubProducerClient : IAsyncDisposable
{
    private readonly EventHubsHttpClient? _client;

    /// <summary>A client for the hub that the connection string names as its <c>EntityPath</c>.</summary>
    public EventHubProducerClient(string connectionString)
        : this(connectionString, null, null)
    {
    }

    /// <summary>A client for the hub that the connection string names as its <c>EntityPath</c>.</summary>
    public EventHubProducerClient(string connectionString, EventHubProducerClientOptions? clientOptions)
        : this(connectionString, null, clientOptions)
    {
    }

    /// <summary>A client for a hub of the namespace that the connection string is for.</summary>
    public EventHubProducerClient(string connectionString, string? eventHubName)
        : this(connectionString, eventHubName, null)
    {
    }

    /// <summary>A client for a hub of the namespace that the connection string is for.</summary>
    /// <exception cref="ArgumentException">No hub is named, or two different ones.</exception>
    public EventHubProducerClient(string connectionString, string? eventHubName, EventHubProducerClientOptions? clientOptions)
    {
        var connection = EventHubsConnectionString.Parse(connectionString);
        if (!string.IsNullOrEmpty(eventHubName) && connection.EventHubName is { } entity
            && !string.Equals(entity, eventHubName, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException("The connection string names another hub.", nameof(eventHubName));
        }

        EventHubName = eventHubName is { Length: > 0 }
            ? eventHubName
            : connection.EventHubName ?? throw new ArgumentException("No hub is named.", nameof(eventHubName));
        (FullyQualifiedNamespace, Identifier, _client) = Connect(connection.Address, EventHubName, connection.Authorization(nameof(connectionString)), clientOptions);
    }

    /// <summary>A client that signs with a shared access key.</summary>
    public EventHubProducerClient(
        string fullyQualifiedNamespace, string eventHubName, AzureNamedKeyCredential credential, EventHubProducerClientOptions? clientOptions = null)
        : this(fullyQualifiedNamespace, eventHubName, SharedAccessToken.FromKey(credential, TimeProvider.System), clientOptions)
    {
    }

    /// <summary>A client that sends a shared access signature.</summary>
    public EventHubProducerClient(
        string fullyQualifiedNamespace, string eventHubName, AzureSasCredential credential, EventHubProducerClientOptions? clientOptions = null)
        : this(fullyQualifiedNamespace, eventHubName, SharedAccessToken.FromToken(credential), clientOptions)
    {
    }

    /// <summary>A client that acts under an identity of Entra ID.</summary>
    public EventHubProducerClient(
        string fullyQualifiedNamespace, string eventHubName, TokenCredential credential, EventHubProducerClientOptions? clientOptions = null)
        : this(fullyQualifiedNamespace, eventHubName, SharedAccessToken.FromCredential(credential), clientOptions)
    {
    }

    /// <summary>For derived classes and mocks: a client without a hub.</summary>
    protected EventHubProducerClient()
    {
        (EventHubName, FullyQualifiedNamespace, Identifier) = ("", "", "");
    }

    private EventHubProducerClient(
        string fullyQualifiedNamespace, string eventHubName, Authorization authorization, EventHubProducerClientOptions? clientOptions)
    {
        ArgumentException.ThrowIfNullOrEmpty(fullyQualifiedNamespace);
        ArgumentException.ThrowIfNullOrEmpty(eventHubName);
        EventHubName = eventHubName;
        (FullyQualifiedNamespace, Identifier, _client) =
            Connect(new Uri("https://" + fullyQualifiedNamespace), eventHubName, authorization, clientOptions);
    }

    /// <summary>The namespace's host name.</summary>
    public string FullyQualifiedNamespace { get; }

    /// <summary>The hub.</summary>
    public string EventHubName { get; }

    /// <summary>This producer's name, for logs.</summary>
    public string Identifier { get; }

    /// <summary>Whether the client has been closed.</summary>
    public bool IsClosed { get; protected set; }

    /// <summary>The ids of the hub's partitions.</summary>
    public virtual Task<string[]> GetPartitionIdsAsync(CancellationToken cancellationToken = default) =>
        Client.GetPartitionIdsAsync(cancellationToken);

    /// <summary>An empty batch for any partition.</summary>
    public virtual ValueTask<EventDataBatch> CreateBatchAsync(CancellationToken cancellationToken = default) =>
        CreateBatchAsync(new CreateBatchOptions(), cancellationToken);

    /// <summary>An empty batch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The wanted size is more than the service takes.</exception>
    /// <exception cref="InvalidOperationException">Both a key and a partition are set.</exception>
    public virtual ValueTask<EventDataBatch> CreateBatchAsync(CreateBatchOptions? options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var size = options?.MaximumSizeInBytes ?? SendRequest.MaximumBytes;
        if (size is < 1 or > SendRequest.MaximumBytes)
        {
            throw new ArgumentOutOfRangeException(nameof(options), size, $"A batch may be 1 to {SendRequest.MaximumBytes} bytes large.");
        }

        ObjectDisposedException.ThrowIf(IsClosed, this);
        return ValueTask.FromResult(new EventDataBatch(size, Destination(options)));
    }

    /// <summary>Sends events together, to a partition that the service picks.</summary>
    /// <exception cref="EventHubsException">They are too large together, or the service refused or could not be reached.</exception>
    public virtual Task SendAsync(IEnumerable<EventData> eventBatch, CancellationToken cancellationToken = default) =>
        SendAsync(eventBatch, new SendEventOptions(), cancellationToken);

    /// <summary>Sends events together.</summary>
    /// <exception cref="EventHubsException">They are too large together, or the service refused or could not be reached.</exception>
    /// <exception cref="InvalidOperationException">Both a key and a partition are set.</exception>
    public virtual async Task SendAsync(
        IEnumerable<EventData> eventBatch, SendEventOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(eventBatch);
        var events = eventBatch.Select(SendRequest.Serialize).ToList();
        var destination = Destination(options);
        if (events.Count > 0)
        {
            await Client.SendAsync(events, destination, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a batch.</summary>
    /// <exception cref="EventHubsException">The service refused or could not be reached.</exception>
    public virtual async Task SendAsync(EventDataBatch eventBatch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(eventBatch);
        var client = Client;
        var events = eventBatch.Lock();
        try
        {
            if (events.Count > 0)
            {
                await client.SendAsync(events, eventBatch.Options, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            eventBatch.Unlock();
        }
    }

    /// <summary>Closes the client; it cannot be used after that.</summary>
    public virtual Task CloseAsync(CancellationToken cancellationToken = default)
    {
        if (!IsClosed)
        {
            IsClosed = true;
            _client?.Dispose();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc cref="CloseAsync" />
    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private EventHubsHttpClient Client
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return _client ?? throw new InvalidOperationException("This client was made without a hub.");
        }
    }

    private static (string Namespace, string Identifier, EventHubsHttpClient Client) Connect(
        Uri address, string hub, Authorization authorization, EventHubProducerClientOptions? given)
    {
        var options = given ?? new EventHubProducerClientOptions();
        return (address.Host, options.Identifier ?? Guid.NewGuid().ToString(),
            new EventHubsHttpClient(address, hub, authorization, options.ConnectionOptions, options.RetryOptions, TimeProvider.System));
    }

    private static SendEventOptions Destination(SendEventOptions? options)
    {
        if (options is { PartitionId: not null, PartitionKey: not null })
        {
            throw new InvalidOperationException("A partition and a partition key exclude each other.");
        }

        return new SendEventOptions { PartitionId = options?.PartitionId, PartitionKey = options?.PartitionKey };
    }
}

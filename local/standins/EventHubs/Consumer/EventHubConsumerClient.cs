using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Azure.Core;

namespace Azure.Messaging.EventHubs.Consumer;

/// <summary>
/// Reads events of a hub beside its other readers, without taking partitions from them. The service serves reading by AMQP alone, so this one reads from the
/// emulator only. Safe for concurrent use.
/// </summary>
public class EventHubConsumerClient : IAsyncDisposable
{
    /// <summary>The consumer group that every hub has.</summary>
    public const string DefaultConsumerGroupName = "$Default";

    private const int ReadCount = 500;
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(30);
    private static readonly XNamespace Bus = "http://schemas.microsoft.com/netservices/2010/10/servicebus/connect";

    private readonly EventHubsHttpClient _client;

    /// <summary>A client for a hub of the namespace that the connection string is for.</summary>
    /// <exception cref="ArgumentException">The connection string has neither a key nor a signature.</exception>
    public EventHubConsumerClient(string consumerGroup, string connectionString, string eventHubName)
        : this(consumerGroup, eventHubName, EventHubsConnectionString.Parse(connectionString), new EventHubConsumerClientOptions())
    {
    }

    /// <summary>A client that acts under an identity of Entra ID.</summary>
    public EventHubConsumerClient(
        string consumerGroup, string fullyQualifiedNamespace, string eventHubName, TokenCredential credential, EventHubConsumerClientOptions? clientOptions = null)
        : this(
            consumerGroup, eventHubName, new Uri("https://" + fullyQualifiedNamespace), SharedAccessToken.FromCredential(credential),
            clientOptions ?? new EventHubConsumerClientOptions())
    {
    }

    private EventHubConsumerClient(string consumerGroup, string eventHubName, EventHubsConnectionString connection, EventHubConsumerClientOptions options)
        : this(consumerGroup, eventHubName, connection.Address, connection.Authorization(nameof(connection)), options)
    {
    }

    private EventHubConsumerClient(string consumerGroup, string eventHubName, Uri address, Authorization authorization, EventHubConsumerClientOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(consumerGroup);
        ArgumentException.ThrowIfNullOrEmpty(eventHubName);
        (ConsumerGroup, EventHubName, FullyQualifiedNamespace) = (consumerGroup, eventHubName, address.Host);
        _client = new EventHubsHttpClient(address, eventHubName, authorization, options.ConnectionOptions, options.RetryOptions, TimeProvider.System);
    }

    /// <summary>The namespace's host name.</summary>
    public string FullyQualifiedNamespace { get; }

    /// <summary>The hub.</summary>
    public string EventHubName { get; }

    /// <summary>The consumer group.</summary>
    public string ConsumerGroup { get; }

    /// <summary>Whether the client has been closed.</summary>
    public bool IsClosed { get; protected set; }

    /// <summary>The ids of the hub's partitions.</summary>
    public virtual Task<string[]> GetPartitionIdsAsync(CancellationToken cancellationToken = default) => _client.GetPartitionIdsAsync(cancellationToken);

    /// <summary>Where a partition begins and ends now.</summary>
    public virtual async Task<PartitionProperties> GetPartitionPropertiesAsync(string partitionId, CancellationToken cancellationToken = default)
    {
        var path = $"consumergroups/{Uri.EscapeDataString(ConsumerGroup)}/partitions/{Uri.EscapeDataString(partitionId)}";
        var entry = XElement.Parse(await _client.GetAsync(path, "", cancellationToken).ConfigureAwait(false));
        string Value(string name) => entry.Descendants(Bus + name).Single().Value;
        var (first, last) = (long.Parse(Value("BeginSequenceNumber"), CultureInfo.InvariantCulture), long.Parse(Value("EndSequenceNumber"), CultureInfo.InvariantCulture));
        return new PartitionProperties(
            EventHubName, partitionId, isEmpty: last < first, first, last, Value("LastEnqueuedOffset"),
            DateTimeOffset.Parse(Value("LastEnqueuedTimeUtc"), CultureInfo.InvariantCulture));
    }

    /// <summary>Reads a partition from a position on, without an end.</summary>
    public virtual IAsyncEnumerable<PartitionEvent> ReadEventsFromPartitionAsync(
        string partitionId, EventPosition startingPosition, CancellationToken cancellationToken = default) =>
        ReadEventsFromPartitionAsync(partitionId, startingPosition, new ReadEventOptions(), cancellationToken);

    /// <summary>Reads a partition from a position on, without an end.</summary>
    public virtual async IAsyncEnumerable<PartitionEvent> ReadEventsFromPartitionAsync(
        string partitionId,
        EventPosition startingPosition,
        ReadEventOptions readOptions,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var context = new PartitionContext(FullyQualifiedNamespace, EventHubName, ConsumerGroup, partitionId);
        var wait = readOptions.MaximumWaitTime is { } longest && longest < LongPoll ? longest : LongPoll;
        var path = $"consumergroups/{Uri.EscapeDataString(ConsumerGroup)}/partitions/{Uri.EscapeDataString(partitionId)}/messages";
        for (var next = startingPosition.SequenceNumber; ;)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"&fromSequenceNumber={next}&maxCount={ReadCount}&maxWaitMs={(long)wait.TotalMilliseconds}");
            var lines = (await _client.GetAsync(path, query, cancellationToken).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            foreach (var line in lines)
            {
                var data = ReceivedEvent.Read(line);
                next = data.SequenceNumber + 1;
                yield return new PartitionEvent(context, data);
            }

            if (lines.Length == 0 && readOptions.MaximumWaitTime is not null)
            {
                yield return default;
            }
        }
    }

    /// <summary>Closes the client; it cannot be used after that.</summary>
    public virtual Task CloseAsync(CancellationToken cancellationToken = default)
    {
        IsClosed = true;
        _client.Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc cref="CloseAsync" />
    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}

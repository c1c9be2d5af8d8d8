using System.Globalization;
using System.Net;
using System.Xml.Linq;
using Azure.Messaging.EventHubs;

namespace TikTok.Local.EventHubs;

/// <summary>Another reader has taken the partition: this one stops, as an epoch receiver of the service would.</summary>
public sealed class ReaderDisconnectedException(string eventHubName, string message) : EventHubsException(false, eventHubName, message);

/// <summary>Where a partition begins and ends now.</summary>
/// <param name="BeginningSequenceNumber">The oldest event that is still there, or the next to come when there is none.</param>
/// <param name="LastSequenceNumber">The newest event's number; one less than the beginning when there is none.</param>
/// <param name="LastOffset">The newest event's offset.</param>
public sealed record PartitionPosition(long BeginningSequenceNumber, long LastSequenceNumber, string LastOffset);

/// <summary>
/// Reads events from the emulator through the endpoint that is its own (see <see cref="EventHubsServer"/>). One instance is one
/// reader: it owns each partition it reads for a consumer group until another instance with an equal or higher epoch reads it.
/// Safe for concurrent use.
/// </summary>
public sealed class EventHubReader : IDisposable
{
    private static readonly XNamespace Bus = "http://schemas.microsoft.com/netservices/2010/10/servicebus/connect";
    private static readonly XNamespace Arrays = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";

    private readonly HttpClient _http;
    private readonly EventHubsConnectionString _connection;
    private readonly TimeProvider _time;
    private readonly string _reader = Guid.NewGuid().ToString("N");
    private readonly long _epoch;

    /// <param name="connectionString">Of the emulator, such as
    /// <c>Endpoint=sb://127.0.0.1:5672;SharedAccessKeyName=…;SharedAccessKey=…;UseDevelopmentEmulator=true</c>.</param>
    /// <param name="epoch">Not negative; the higher one wins.</param>
    /// <param name="time">The clock that tokens expire by.</param>
    public EventHubReader(string connectionString, long epoch = 0, TimeProvider? time = null)
    {
        _connection = EventHubsConnectionString.Parse(connectionString);
        (_epoch, _time) = (epoch, time ?? TimeProvider.System);
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) })
        {
            BaseAddress = _connection.Endpoint,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The partitions of a hub.</summary>
    /// <exception cref="EventHubsException">The emulator refuses or is not there.</exception>
    public async Task<IReadOnlyList<string>> GetPartitionIdsAsync(string eventHubName, CancellationToken cancellationToken)
    {
        var entry = XElement.Parse(await GetAsync(eventHubName, eventHubName, TimeSpan.Zero, cancellationToken));
        return [.. entry.Descendants(Arrays + "string").Select(id => id.Value)];
    }

    /// <summary>Where a partition begins and ends now.</summary>
    /// <exception cref="EventHubsException">The emulator refuses or is not there.</exception>
    public async Task<PartitionPosition> GetPositionAsync(string eventHubName, string partitionId, CancellationToken cancellationToken)
    {
        var path = $"{eventHubName}/consumergroups/$Default/partitions/{Uri.EscapeDataString(partitionId)}";
        var entry = XElement.Parse(await GetAsync(eventHubName, path, TimeSpan.Zero, cancellationToken));
        string Value(string name) => entry.Descendants(Bus + name).Single().Value;
        return new PartitionPosition(
            long.Parse(Value("BeginSequenceNumber"), CultureInfo.InvariantCulture),
            long.Parse(Value("EndSequenceNumber"), CultureInfo.InvariantCulture),
            Value("LastEnqueuedOffset"));
    }

    /// <summary>
    /// Reads events from a sequence number on. Where there are none it waits for the next one, at most
    /// <paramref name="maxWait"/> (up to 5 minutes), and then answers with an empty list. Where retention has removed the wanted
    /// event it begins with the oldest that is left.
    /// </summary>
    /// <exception cref="ReaderDisconnectedException">Another reader has taken the partition.</exception>
    /// <exception cref="EventHubsException">The emulator refuses or is not there; <c>IsTransient</c> says whether to try again.</exception>
    public async Task<IReadOnlyList<EventData>> ReadAsync(
        string eventHubName,
        string consumerGroup,
        string partitionId,
        long fromSequenceNumber,
        int maxCount,
        TimeSpan maxWait,
        CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture,
            $"{eventHubName}/consumergroups/{Uri.EscapeDataString(consumerGroup)}/partitions/{Uri.EscapeDataString(partitionId)}/messages"
            + $"?fromSequenceNumber={fromSequenceNumber}&maxCount={maxCount}&maxWaitMs={(long)maxWait.TotalMilliseconds}"
            + $"&reader={_reader}&epoch={_epoch}");
        var lines = await GetAsync(eventHubName, path, maxWait, cancellationToken);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ReceivedEvent.Read)];
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<string> GetAsync(string eventHubName, string path, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(maxWait + TimeSpan.FromSeconds(30));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Authorization", SharedAccessSignature.Create(
                new Uri(_connection.Endpoint, eventHubName).AbsoluteUri, _connection.KeyName, _connection.Key,
                _time.GetUtcNow() + TimeSpan.FromMinutes(30)));
            using var response = await _http.SendAsync(request, timeout.Token);
            var content = await response.Content.ReadAsStringAsync(timeout.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => content,
                HttpStatusCode.Conflict => throw new ReaderDisconnectedException(eventHubName, content),
                var status => throw new EventHubsException(
                    (int)status >= 500 || status == HttpStatusCode.TooManyRequests, eventHubName, $"{(int)status}: {content}"),
            };
        }
        catch (HttpRequestException unreachable)
        {
            throw new EventHubsException(true, eventHubName, unreachable.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EventHubsException(true, eventHubName, "The emulator did not answer in time.");
        }
    }
}

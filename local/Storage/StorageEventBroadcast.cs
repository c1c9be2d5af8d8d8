using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace TikTok.Local.Storage;

/// <summary>
/// Tells every subscriber of <c>GET /_events</c> what happens, one JSON object per line as it happens: this is Event Grid on one
/// machine. The first line is <see cref="StorageEventType.Connected"/>. A subscriber that does not keep up is cut off, so that it
/// connects again and looks for itself.
/// </summary>
internal sealed class StorageEventBroadcast
{
    /// <summary>The form of a line.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter<StorageEventType>() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private const int Backlog = 4096;

    private readonly ConcurrentDictionary<Channel<StorageEvent>, bool> _subscribers = new();

    /// <summary>Tells the subscribers there are now.</summary>
    public void Publish(StorageEvent happened)
    {
        foreach (var subscriber in _subscribers.Keys)
        {
            if (!subscriber.Writer.TryWrite(happened))
            {
                subscriber.Writer.TryComplete();
            }
        }
    }

    /// <summary>Serves one subscriber until it leaves or the gateway stops.</summary>
    public async Task ServeAsync(HttpContext context, CancellationToken stopping)
    {
        var subscriber = Channel.CreateBounded<StorageEvent>(new BoundedChannelOptions(Backlog) { SingleReader = true });
        _subscribers[subscriber] = true;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            context.Response.ContentType = "application/x-ndjson";
            await WriteAsync(context.Response, new StorageEvent(StorageEventType.Connected), ended.Token);
            await foreach (var happened in subscriber.Reader.ReadAllAsync(ended.Token))
            {
                await WriteAsync(context.Response, happened, ended.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The subscriber left, or the gateway stops.
        }
        finally
        {
            _subscribers.TryRemove(subscriber, out _);
        }
    }

    private static async Task WriteAsync(HttpResponse response, StorageEvent happened, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(happened, Json), cancellationToken);
        await response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}

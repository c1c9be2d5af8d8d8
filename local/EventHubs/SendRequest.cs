using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace TikTok.Local.EventHubs;

/// <summary>A send request that does not follow the protocol: 400.</summary>
internal sealed class MalformedSendException(string message) : Exception(message);

/// <summary>
/// The documented HTTPS send API (REST API reference, "Send event" and "Send batch events"): one event is the body as it is, its
/// user properties are the request's own headers; a batch is a JSON array of <c>{Body, IsBodyBase64?, BrokerProperties?,
/// UserProperties?}</c>. The <c>BrokerProperties</c> header carries <c>PartitionKey</c> for all, and <c>MessageId</c> and
/// <c>CorrelationId</c> for one.
/// </summary>
internal static class SendRequest
{
    /// <summary>The media type of a batch.</summary>
    public const string BatchContentType = "application/vnd.microsoft.servicebus.json";

    // What HTTP and the protocol themselves use is no user property.
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Accept-Encoding", "Authorization", "BrokerProperties", "Connection", "Content-Length", "Content-Type", "Date",
        "Expect", "Host", "Transfer-Encoding", "User-Agent", "traceparent", "tracestate", "Request-Id", "Correlation-Context",
    };

    /// <summary>Reads the events of a request whose body is all there.</summary>
    /// <exception cref="MalformedSendException">The request does not follow the protocol.</exception>
    public static IReadOnlyList<EventContent> Parse(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        try
        {
            var broker = Broker.Parse(request.Headers["BrokerProperties"].ToString());
            var mediaType = request.ContentType?.Split(';')[0].Trim();
            return string.Equals(mediaType, BatchContentType, StringComparison.OrdinalIgnoreCase)
                ? ParseBatch(body, broker)
                : [new EventContent(body, broker.PartitionKey, broker.MessageId, broker.CorrelationId, request.ContentType, HeaderProperties(request))];
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new MalformedSendException(malformed.Message);
        }
    }

    private static List<EventContent> ParseBatch(ReadOnlyMemory<byte> body, Broker all)
    {
        using var document = JsonDocument.Parse(body);
        var events = new List<EventContent>();
        foreach (var item in document.RootElement.EnumerateArray())
        {
            var text = item.GetProperty("Body").GetString() ?? "";
            var bytes = item.TryGetProperty("IsBodyBase64", out var base64) && base64.GetBoolean()
                ? Convert.FromBase64String(text)
                : Encoding.UTF8.GetBytes(text);
            var own = item.TryGetProperty("BrokerProperties", out var broker) ? Broker.Read(broker) : new Broker();
            var properties = item.TryGetProperty("UserProperties", out var user) ? UserProperties(user) : default;
            events.Add(new EventContent(
                bytes, all.PartitionKey ?? own.PartitionKey, own.MessageId, own.CorrelationId, own.ContentType, properties));
        }

        return events.Count > 0 ? events : throw new MalformedSendException("A batch needs at least one event.");
    }

    private static ReadOnlyMemory<byte> UserProperties(JsonElement user)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        foreach (var property in user.EnumerateObject())
        {
            if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                throw new MalformedSendException($"The user property {property.Name} is no scalar.");
            }

            property.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> HeaderProperties(HttpRequest request)
    {
        var properties = request.Headers
            .Where(header => !OwnHeaders.Contains(header.Key) && !header.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return properties.Count == 0 ? default(ReadOnlyMemory<byte>) : JsonSerializer.SerializeToUtf8Bytes(properties);
    }

    private readonly record struct Broker(string? PartitionKey, string? MessageId, string? CorrelationId, string? ContentType)
    {
        public static Broker Parse(string header)
        {
            if (header.Length == 0)
            {
                return default;
            }

            using var document = JsonDocument.Parse(header);
            return Read(document.RootElement);
        }

        public static Broker Read(JsonElement element) =>
            new(Text(element, "PartitionKey"), Text(element, "MessageId"), Text(element, "CorrelationId"), Text(element, "ContentType"));

        private static string? Text(JsonElement element, string name) =>
            element.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}

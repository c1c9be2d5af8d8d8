using System.Text.Json;

namespace Azure.Messaging.EventHubs;

/// <summary>
/// An event as the emulator serves it to readers, a line of JSON: <c>{sequenceNumber, offset, enqueuedTime (Unix milliseconds), partitionKey?, messageId?,
/// correlationId?, contentType?, properties?, body (base64)}</c>.
/// </summary>
internal static class ReceivedEvent
{
    /// <summary>Reads a line into what a consumer gets. Properties come as string, bool, long or double.</summary>
    public static EventData Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var partitionKey = Optional(root, "partitionKey");
        var offset = root.GetProperty("offset").GetString() ?? "";
        var sequenceNumber = root.GetProperty("sequenceNumber").GetInt64();
        var enqueuedTime = DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("enqueuedTime").GetInt64());
        var system = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["x-opt-sequence-number"] = sequenceNumber,
            ["x-opt-offset"] = offset,
            ["x-opt-enqueued-time"] = enqueuedTime,
        };
        if (partitionKey is not null)
        {
            system["x-opt-partition-key"] = partitionKey;
        }

        var data = EventHubsModelFactory.EventData(
            new BinaryData(root.GetProperty("body").GetBytesFromBase64()), Properties(root), system, partitionKey, sequenceNumber, offset,
            enqueuedTime);
        data.MessageId = Optional(root, "messageId");
        data.CorrelationId = Optional(root, "correlationId");
        data.ContentType = Optional(root, "contentType");
        return data;
    }

    private static Dictionary<string, object> Properties(JsonElement root)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal);
        if (root.TryGetProperty("properties", out var element))
        {
            foreach (var property in element.EnumerateObject())
            {
                object? value = property.Value.ValueKind switch
                {
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    JsonValueKind.Number when property.Value.TryGetInt64(out var whole) => whole,
                    JsonValueKind.Number => property.Value.GetDouble(),
                    _ => property.Value.GetString(),
                };
                if (value is not null)
                {
                    properties[property.Name] = value;
                }
            }
        }

        return properties;
    }

    private static string? Optional(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? value.GetString() : null;
}

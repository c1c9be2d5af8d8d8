using System.Globalization;
using System.Text.Json;
using Azure.Messaging.EventHubs;

namespace TikTok.Local.EventHubs;

/// <summary>
/// One event as a line of JSON, the way the emulator serves it to readers: <c>{sequenceNumber, offset, enqueuedTime (Unix
/// milliseconds), partitionKey?, messageId?, correlationId?, contentType?, properties?, body (base64)}</c>.
/// </summary>
internal static class EventLine
{
    /// <summary>Writes the line without its line feed.</summary>
    public static void Write(Utf8JsonWriter writer, LoggedEvent logged)
    {
        var content = logged.Content;
        writer.WriteStartObject();
        writer.WriteNumber("sequenceNumber", logged.SequenceNumber);
        writer.WriteString("offset", logged.Offset.ToString(CultureInfo.InvariantCulture));
        writer.WriteNumber("enqueuedTime", logged.EnqueuedTime.ToUnixTimeMilliseconds());
        WriteOptional(writer, "partitionKey", content.PartitionKey);
        WriteOptional(writer, "messageId", content.MessageId);
        WriteOptional(writer, "correlationId", content.CorrelationId);
        WriteOptional(writer, "contentType", content.ContentType);
        if (!content.PropertiesJson.IsEmpty)
        {
            writer.WritePropertyName("properties");
            writer.WriteRawValue(content.PropertiesJson.Span, skipInputValidation: true);
        }

        writer.WriteBase64String("body", content.Body.Span);
        writer.WriteEndObject();
    }

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

    private static void WriteOptional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static string? Optional(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? value.GetString() : null;
}

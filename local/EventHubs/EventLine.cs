using System.Globalization;
using System.Text.Json;
using Azure.Messaging.EventHubs;

namespace TikTok.Local.EventHubs;

/// <summary>One event as a line of JSON, the way the emulator serves it to readers; <see cref="ReceivedEvent"/> reads it.</summary>
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

    private static void WriteOptional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}

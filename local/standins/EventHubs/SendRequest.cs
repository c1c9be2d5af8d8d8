using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Azure.Messaging.EventHubs;

/// <summary>The batch form of the documented HTTPS send API: a JSON array of events.</summary>
internal static class SendRequest
{
    public const string ContentType = "application/vnd.microsoft.servicebus.json";

    /// <summary>The brackets of the array.</summary>
    public const int BatchOverhead = 2;

    /// <summary>The comma after an event.</summary>
    public const int ItemOverhead = 1;

    /// <summary>The largest request that the service takes, in bytes.</summary>
    public const long MaximumBytes = 1024 * 1024;

    /// <summary>One event of a batch. A body that is not UTF-8 text goes as base64.</summary>
    public static byte[] Serialize(EventData data)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteBody(writer, data.Body.Span);
            if (data.MessageId is not null || data.CorrelationId is not null || data.ContentType is not null)
            {
                writer.WriteStartObject("BrokerProperties");
                WriteText(writer, "MessageId", data.MessageId);
                WriteText(writer, "CorrelationId", data.CorrelationId);
                WriteText(writer, "ContentType", data.ContentType);
                writer.WriteEndObject();
            }

            if (data.Properties.Count > 0)
            {
                writer.WriteStartObject("UserProperties");
                foreach (var (name, value) in data.Properties)
                {
                    WriteProperty(writer, name, value);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>A request body of serialized events.</summary>
    public static byte[] Join(IReadOnlyList<byte[]> events)
    {
        using var body = new MemoryStream(events.Sum(e => e.Length + ItemOverhead) + BatchOverhead);
        body.WriteByte((byte)'[');
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0)
            {
                body.WriteByte((byte)',');
            }

            body.Write(events[i]);
        }

        body.WriteByte((byte)']');
        return body.ToArray();
    }

    private static void WriteBody(Utf8JsonWriter writer, ReadOnlySpan<byte> body)
    {
        if (System.Text.Unicode.Utf8.IsValid(body))
        {
            writer.WriteString("Body", Encoding.UTF8.GetString(body));
        }
        else
        {
            writer.WriteBase64String("Body", body);
            writer.WriteBoolean("IsBodyBase64", true);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    // JSON has no more types than these; a consumer gets what has none of its own as a string in its invariant form.
    private static void WriteProperty(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNull(name);
                break;
            case bool truth:
                writer.WriteBoolean(name, truth);
                break;
            case byte or sbyte or short or ushort or int or uint or long:
                writer.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                writer.WriteNumber(name, number);
                break;
            case float number when float.IsFinite(number):
                writer.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumber(name, number);
                break;
            case decimal number:
                writer.WriteNumber(name, number);
                break;
            case DateTime or DateTimeOffset:
                writer.WriteString(name, ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture));
                break;
            case string or char or Guid or TimeSpan or Uri or float or double:
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
            default:
                throw new ArgumentException($"The property {name} is a {value.GetType().Name}, which an event cannot carry.", nameof(value));
        }
    }
}

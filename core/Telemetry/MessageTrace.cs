using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TikTok.Core.Telemetry;

/// <summary>
/// W3C trace context in messages: a queue message is a JSON object whose member <see cref="Member"/> holds the sender's <c>traceparent</c>, an event carries
/// it as a property of that name. Readers of the message ignore the member; a message without it, or with a malformed one, is a message without a trace.
/// </summary>
/// <remarks><c>tracestate</c> is not carried: nothing of ours writes any.</remarks>
public static class MessageTrace
{
    public const string Member = "traceparent";

    /// <summary>The current span's <c>traceparent</c>; null when there is none.</summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;

    /// <summary>The message as JSON, with the current trace context.</summary>
    public static string Write<T>(T message)
    {
        if (Current is not { } traceParent) return JsonSerializer.Serialize(message, CoreJson.Options);
        var json = JsonSerializer.SerializeToNode(message, CoreJson.Options)!;
        json[Member] = traceParent;
        return json.ToJsonString(CoreJson.Options);
    }

    /// <summary>The context that a message carries; default when none.</summary>
    public static ActivityContext Read(string message)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(message));
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals(Member);
                reader.Read();
                if (found) return reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()) : default;
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Whoever the message is for will say so.
        }
        return default;
    }

    /// <summary>The contexts that a batch of events carries, by the JSON array of their properties that an Event Hubs trigger gives; distinct, at most <paramref name="most"/>.</summary>
    public static IReadOnlyList<ActivityContext> ReadProperties(string json, int most)
    {
        var found = new List<ActivityContext>();
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object) Add(document.RootElement);
            if (document.RootElement.ValueKind == JsonValueKind.Array)
            {
                foreach (var properties in document.RootElement.EnumerateArray()) Add(properties);
            }
        }
        catch (JsonException)
        {
            // No context, then.
        }
        return found;

        void Add(JsonElement properties)
        {
            if (found.Count >= most || properties.ValueKind != JsonValueKind.Object || !properties.TryGetProperty(Member, out var value)) return;
            if (value.ValueKind == JsonValueKind.String && Parse(value.GetString()) is var context && context != default && !found.Contains(context)) found.Add(context);
        }
    }

    private static ActivityContext Parse(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var context) ? context : default;
}

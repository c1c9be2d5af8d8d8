using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using TikTok.Local.Cosmos.Protocol;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.Local.Cosmos.Documents;

/// <summary>
/// A document sent by a client, checked before any lock is taken: its id, partition key, ttl and unique keys are known, and its
/// system properties are gone, so that storing it is one copy with the new ones spliced in before the last brace.
/// </summary>
internal sealed class PreparedDocument
{
    /// <summary>Largest document, by its stored JSON.</summary>
    public const int MaxDocumentLength = 2 * 1024 * 1024;

    public const int MaxIdLength = 1023;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ReadOnlyMemory<byte> _content;

    private PreparedDocument(ReadOnlyMemory<byte> content) => _content = content;

    public required string Id { get; init; }

    public required PartitionKeyValue PartitionKey { get; init; }

    public int? TimeToLive { get; init; }

    /// <summary>One string per unique key of the container that this document takes in its partition.</summary>
    public IReadOnlyList<string> UniqueValues { get; init; } = [];

    /// <exception cref="CosmosFailure">400 when the body is no document, or its id, partition key or ttl is not valid; 413 when too large.</exception>
    public static PreparedDocument Parse(ReadOnlyMemory<byte> body, ContainerDefinition definition)
    {
        if (body.Length > MaxDocumentLength)
            throw CosmosFailure.TooLarge();
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(document.RootElement, body, definition);
        }
        catch (JsonException)
        {
            throw CosmosFailure.BadRequest("The document body is not valid JSON.");
        }
    }

    /// <summary>Makes the stored form: the client's JSON followed by the system properties.</summary>
    public byte[] Compose(ContainerState container, long number, long version, long writtenAt)
    {
        var rid = ResourceId.Document(container.DatabaseNumber, container.Number, number);
        Span<byte> tail = stackalloc byte[512];
        var etag = DocumentEntry.FormatETag(version, writtenAt).AsSpan()[1..^1];
        Utf8.TryWrite(
            tail,
            $",\"_rid\":\"{rid}\",\"_self\":\"{container.SelfLink}docs/{rid}/\",\"_etag\":\"\\\"{etag}\\\"\",\"_attachments\":\"attachments/\",\"_ts\":{writtenAt / 1000}}}",
            out var written);
        var body = new byte[_content.Length + written];
        _content.Span.CopyTo(body);
        tail[..written].CopyTo(body.AsSpan(_content.Length));
        return body;
    }

    public static bool IsValidId(string id) =>
        id.Length > 0 && Encoding.UTF8.GetByteCount(id) <= MaxIdLength && id.AsSpan().IndexOfAny("/\\?#") < 0;

    public static bool IsSystemProperty(ReadOnlySpan<char> name) =>
        name is "_rid" or "_self" or "_etag" or "_attachments" or "_ts" or "_lsn";

    private static PreparedDocument Read(JsonElement root, ReadOnlyMemory<byte> body, ContainerDefinition definition)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw CosmosFailure.BadRequest("The document body must be a JSON object.");

        string? id = null;
        int? ttl = null;
        var hasSystemProperties = false;
        foreach (var property in root.EnumerateObject())
        {
            if (property.NameEquals("id"u8))
                id = ReadId(property.Value);
            else if (property.NameEquals("ttl"u8))
                ttl = ReadTimeToLive(property.Value);
            else if (!hasSystemProperties && JsonMarshal.GetRawUtf8PropertyName(property) is [(byte)'_', ..])
                hasSystemProperties = IsSystemProperty(property.Name);
        }

        if (id is null)
            throw CosmosFailure.BadRequest("The input content is invalid because the required properties - 'id; ' - are missing.");
        if (!PartitionKeyValue.TryExtract(root, definition.PartitionKeyPaths, out var partitionKey))
            throw CosmosFailure.BadRequest("The partition key value of the document must be a string, a number, a boolean, null or absent.");

        return new PreparedDocument(hasSystemProperties ? WithoutSystemProperties(root) : WithoutLastBrace(body))
        {
            Id = id,
            PartitionKey = partitionKey,
            TimeToLive = ttl,
            UniqueValues = definition.UniqueValues(root),
        };
    }

    private static string ReadId(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw CosmosFailure.BadRequest("The input content is invalid because the property 'id' must be a string.");
        var id = value.GetString()!;
        if (!IsValidId(id))
            throw CosmosFailure.BadRequest($"The document id must have 1 to {MaxIdLength} bytes and none of the characters '/', '\\', '?', '#'.");
        return id;
    }

    private static int? ReadTimeToLive(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var seconds) && seconds is -1 or > 0)
            return seconds;
        throw CosmosFailure.BadRequest("The input ttl is invalid: it must be -1 or a positive number of seconds up to 2147483647.");
    }

    private static ReadOnlyMemory<byte> WithoutLastBrace(ReadOnlyMemory<byte> body)
    {
        var content = body[..body.Span.LastIndexOf((byte)'}')];
        return content[..content.Span.TrimEnd(" \t\r\n"u8).Length];
    }

    private static ReadOnlyMemory<byte> WithoutSystemProperties(JsonElement root)
    {
        var output = new ArrayBufferWriter<byte>(JsonMarshal.GetRawUtf8Value(root).Length);
        using (var writer = new Utf8JsonWriter(output, Relaxed))
        {
            writer.WriteStartObject();
            foreach (var property in root.EnumerateObject())
            {
                if (IsSystemProperty(property.Name))
                    continue;
                writer.WritePropertyName(property.Name);
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(property.Value), skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return output.WrittenMemory[..^1];
    }
}

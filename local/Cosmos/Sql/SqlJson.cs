using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>How values become JSON: only what JSON itself requires is escaped, as the service does.</summary>
internal static class SqlJson
{
    public static JsonSerializerOptions Relaxed { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Builds an element that owns its memory from what <paramref name="write"/> writes.</summary>
    public static JsonElement Build<T>(T state, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions)) write(writer, state);
        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }
}

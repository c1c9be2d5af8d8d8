using System.Text.Json;

namespace TikTok.Core.Cosmos;

/// <summary>What a change feed delivers: documents of every type that a container holds.</summary>
public static class Changes
{
    /// <summary>Those of one type.</summary>
    public static IEnumerable<T> OfDocumentType<T>(this IEnumerable<JsonElement> changes, string documentType) => changes
        .Where(change => change.TryGetProperty("type", out var type) && type.ValueEquals(documentType))
        .Select(change => change.Deserialize<T>(CoreJson.Options)!);
}

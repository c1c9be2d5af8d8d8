using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TikTok.Local.Cosmos.Documents;

/// <summary>
/// A partition key value: one component per path (fewer for a prefix of a hierarchical key), kept as the canonical JSON array that
/// identifies the logical partition. An absent property is the component <c>{}</c>.
/// </summary>
internal readonly record struct PartitionKeyValue(string Canonical, int Count)
{
    public const string Undefined = "{}";

    /// <summary>Parses the value of the <c>x-ms-documentdb-partitionkey</c> header.</summary>
    /// <returns>False when it is not an array of scalars.</returns>
    public static bool TryParseHeader(string header, out PartitionKeyValue value)
    {
        if (IsPlainString(header))
        {
            value = new PartitionKeyValue(header, 1);
            return true;
        }

        value = default;
        try
        {
            using var document = JsonDocument.Parse(header);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                return false;
            return TryFromComponents(document.RootElement.EnumerateArray().Select(static c => (JsonElement?)c), out value);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Takes the value from a document.</summary>
    public static bool TryExtract(JsonElement document, IReadOnlyList<IReadOnlyList<string>> paths, out PartitionKeyValue value) =>
        TryFromComponents(paths.Select(path => Find(document, path)), out value);

    public static bool TryFromComponents(IEnumerable<JsonElement?> components, out PartitionKeyValue value)
    {
        value = default;
        var canonical = new StringBuilder("[");
        var count = 0;
        foreach (var component in components)
        {
            if (count++ > 0)
                canonical.Append(',');
            switch (component?.ValueKind)
            {
                case null or JsonValueKind.Undefined:
                    canonical.Append(Undefined);
                    break;
                case JsonValueKind.Object when !component.Value.EnumerateObject().MoveNext():
                    canonical.Append(Undefined);
                    break;
                case JsonValueKind.String:
                    AppendString(canonical, component.Value.GetString()!);
                    break;
                case JsonValueKind.Number:
                    canonical.Append(component.Value.GetDouble().ToString("R", CultureInfo.InvariantCulture));
                    break;
                case JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null:
                    canonical.Append(component.Value.GetRawText());
                    break;
                default:
                    return false;
            }
        }

        value = new PartitionKeyValue(canonical.Append(']').ToString(), count);
        return true;
    }

    public override string ToString() => Canonical;

    // The common case, one string of printable ASCII without escapes, is its own canonical form.
    private static bool IsPlainString(string header)
    {
        if (header.Length < 4 || !header.StartsWith("[\"", StringComparison.Ordinal) || !header.EndsWith("\"]", StringComparison.Ordinal))
            return false;
        foreach (var c in header.AsSpan(2, header.Length - 4))
        {
            if (c is < ' ' or > '~' or '"' or '\\')
                return false;
        }

        return true;
    }

    private static void AppendString(StringBuilder canonical, string value)
    {
        canonical.Append('"');
        foreach (var c in value)
        {
            if (c is < ' ' or > '~' or '"' or '\\')
                canonical.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                canonical.Append(c);
        }

        canonical.Append('"');
    }

    private static JsonElement? Find(JsonElement document, IReadOnlyList<string> path)
    {
        var current = document;
        foreach (var name in path)
        {
            if (current.ValueKind != JsonValueKind.Object || !current.TryGetProperty(name, out current))
                return null;
        }

        return current;
    }
}

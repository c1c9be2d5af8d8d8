using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TikTok.Local.Cosmos.Protocol;

namespace TikTok.Local.Cosmos.Documents;

/// <summary>One operation of a patch: what to do, where (an RFC 6901 JSON pointer taken apart), with which value.</summary>
internal sealed record PatchStep(string Operation, IReadOnlyList<string> Path, IReadOnlyList<string>? From, JsonElement? Value)
{
    private const string EndOfArray = "-";

    /// <exception cref="CosmosFailure">400 when the operation is not one of the six, or lacks what it needs.</exception>
    public static PatchStep Parse(JsonElement element)
    {
        var operation = element.TryGetProperty("op", out var op) ? op.GetString() : null;
        var path = SplitPointer(element.TryGetProperty("path", out var pathElement) ? pathElement.GetString() : null);
        var from = operation == "move"
            ? SplitPointer(element.TryGetProperty("from", out var fromElement) ? fromElement.GetString() : null)
            : null;
        JsonElement? value = element.TryGetProperty("value", out var valueElement) ? valueElement.Clone() : null;
        if (operation is not ("add" or "set" or "replace" or "remove" or "incr" or "move"))
            throw CosmosFailure.BadRequest($"The patch operation '{operation}' is not supported.");
        if (operation is "add" or "set" or "replace" or "incr" && value is null)
            throw CosmosFailure.BadRequest($"The patch operation '{operation}' needs a value.");
        return new PatchStep(operation, path, from, value);
    }

    /// <exception cref="CosmosFailure">400 when the document has no place for it.</exception>
    public void Apply(JsonObject root)
    {
        switch (Operation)
        {
            case "add":
                Write(root, Path, ToNode(), insertInArray: true);
                break;
            case "set":
                Write(root, Path, ToNode(), insertInArray: false);
                break;
            case "replace":
                if (!Exists(root, Path))
                    throw Missing(Path);
                Write(root, Path, ToNode(), insertInArray: false);
                break;
            case "remove":
                Take(root, Path);
                break;
            case "incr":
                Increment(root);
                break;
            default:
                Move(root);
                break;
        }
    }

    private void Increment(JsonObject root)
    {
        if (Value is not { ValueKind: JsonValueKind.Number } amount)
            throw CosmosFailure.BadRequest("The value of an increment must be a number.");
        if (!Exists(root, Path))
        {
            Write(root, Path, ToNode(), insertInArray: false);
            return;
        }

        var current = Get(Parent(root, Path), Path[^1]);
        if (current is not JsonValue number || number.GetValueKind() != JsonValueKind.Number)
            throw CosmosFailure.BadRequest($"The value at '{Text(Path)}' is not a number.");
        Write(root, Path, Add(JsonSerializer.SerializeToElement(number), amount), insertInArray: false);
    }

    // Whole numbers stay whole as long as they fit.
    private static JsonValue Add(JsonElement a, JsonElement b) =>
        a.TryGetInt64(out var whole) && b.TryGetInt64(out var amount) && (Int128)whole + amount is var sum && sum == (long)sum
            ? JsonValue.Create((long)sum)
            : JsonValue.Create(a.GetDouble() + b.GetDouble());

    private void Move(JsonObject root)
    {
        if (Path.Take(From!.Count).SequenceEqual(From, StringComparer.Ordinal))
            throw CosmosFailure.BadRequest("A value cannot be moved into itself.");
        Write(root, Path, Take(root, From), insertInArray: true);
    }

    private JsonNode? ToNode() => Value is { } value ? JsonSerializer.SerializeToNode(value) : null;

    private static JsonNode Parent(JsonObject root, IReadOnlyList<string> path)
    {
        JsonNode current = root;
        for (var i = 0; i < path.Count - 1; i++)
            current = Get(current, path[i]) ?? throw Missing(path);
        return current;
    }

    private static JsonNode? Get(JsonNode parent, string name) => parent switch
    {
        JsonObject node => node.TryGetPropertyValue(name, out var value) ? value : null,
        JsonArray array when TryIndex(name, array.Count, out var index) => array[index],
        _ => null,
    };

    private static bool Exists(JsonObject root, IReadOnlyList<string> path) => Parent(root, path) switch
    {
        JsonObject node => node.ContainsKey(path[^1]),
        JsonArray array => TryIndex(path[^1], array.Count, out _),
        _ => false,
    };

    private static void Write(JsonObject root, IReadOnlyList<string> path, JsonNode? value, bool insertInArray)
    {
        switch (Parent(root, path))
        {
            case JsonObject node:
                node[path[^1]] = value;
                break;
            case JsonArray array when path[^1] == EndOfArray:
                array.Add(value);
                break;
            case JsonArray array when insertInArray && TryIndex(path[^1], array.Count + 1, out var index):
                array.Insert(index, value);
                break;
            case JsonArray array when !insertInArray && TryIndex(path[^1], array.Count, out var index):
                array[index] = value;
                break;
            default:
                throw Missing(path);
        }
    }

    private static JsonNode? Take(JsonObject root, IReadOnlyList<string> path)
    {
        switch (Parent(root, path))
        {
            case JsonObject node when node.TryGetPropertyValue(path[^1], out var value):
                node.Remove(path[^1]);
                return value;
            case JsonArray array when TryIndex(path[^1], array.Count, out var index):
                var element = array[index];
                array.RemoveAt(index);
                return element;
            default:
                throw Missing(path);
        }
    }

    private static bool TryIndex(string name, int limit, out int index) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index < limit;

    private static IReadOnlyList<string> SplitPointer(string? pointer)
    {
        if (pointer is not ['/', _, ..])
            throw CosmosFailure.BadRequest($"The patch path '{pointer}' is not valid: it must begin with '/'.");
        return [.. pointer[1..].Split('/').Select(static part =>
            part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static CosmosFailure Missing(IReadOnlyList<string> path) =>
        CosmosFailure.BadRequest($"For the patch operation the path '{Text(path)}' does not exist in the document.");

    private static string Text(IReadOnlyList<string> path) => "/" + string.Join('/', path);
}

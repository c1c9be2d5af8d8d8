using System.Text;
using System.Text.Json;
using TikTok.Local.Cosmos.Protocol;

namespace TikTok.Local.Cosmos.Documents;

/// <summary>What a container's properties say about its documents: partition key, time to live, unique keys.</summary>
internal sealed record ContainerDefinition(
    IReadOnlyList<IReadOnlyList<string>> PartitionKeyPaths,
    bool Hierarchical,
    int? DefaultTimeToLive,
    IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> UniqueKeys)
{
    public const int MaxPartitionKeyLevels = 3;

    /// <summary>Reads the container resource as the client sends it.</summary>
    /// <exception cref="CosmosFailure">400 when the partition key or the ttl is not valid.</exception>
    public static ContainerDefinition Parse(JsonElement resource)
    {
        if (!resource.TryGetProperty("partitionKey", out var partitionKey) || partitionKey.ValueKind != JsonValueKind.Object)
            throw CosmosFailure.BadRequest("The container has no partition key definition.");

        var paths = Paths(partitionKey);
        var hierarchical = partitionKey.TryGetProperty("kind", out var kind)
            && string.Equals(kind.GetString(), "MultiHash", StringComparison.OrdinalIgnoreCase);
        if (paths.Count < 1 || paths.Count > (hierarchical ? MaxPartitionKeyLevels : 1))
            throw CosmosFailure.BadRequest("The partition key definition must have one path, or up to three when its kind is MultiHash.");

        return new ContainerDefinition(paths, hierarchical, ReadDefaultTimeToLive(resource), ReadUniqueKeys(resource));
    }

    /// <summary>The values by which a document takes each unique key; an absent property counts as a value, as in the service.</summary>
    public IReadOnlyList<string> UniqueValues(JsonElement document)
    {
        if (UniqueKeys.Count == 0)
            return [];

        var values = new string[UniqueKeys.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var value = new StringBuilder().Append(i).Append(':');
            foreach (var path in UniqueKeys[i])
            {
                var current = document;
                var found = path.All(name => current.ValueKind == JsonValueKind.Object && current.TryGetProperty(name, out current));
                value.Append(found ? current.GetRawText() : "undefined").Append('\n');
            }

            values[i] = value.ToString();
        }

        return values;
    }

    private static int? ReadDefaultTimeToLive(JsonElement resource)
    {
        if (!resource.TryGetProperty("defaultTtl", out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var seconds) && seconds is -1 or > 0)
            return seconds;
        throw CosmosFailure.BadRequest("The default time to live must be -1 or a positive number of seconds.");
    }

    private static List<IReadOnlyList<IReadOnlyList<string>>> ReadUniqueKeys(JsonElement resource) =>
        resource.TryGetProperty("uniqueKeyPolicy", out var policy) && policy.ValueKind == JsonValueKind.Object
            && policy.TryGetProperty("uniqueKeys", out var keys) && keys.ValueKind == JsonValueKind.Array
            ? [.. keys.EnumerateArray().Select(static key => Paths(key))]
            : [];

    private static IReadOnlyList<IReadOnlyList<string>> Paths(JsonElement owner) =>
        owner.TryGetProperty("paths", out var paths) && paths.ValueKind == JsonValueKind.Array
            ? [.. paths.EnumerateArray().Select(static path => SplitPath(path.GetString()))]
            : [];

    private static IReadOnlyList<string> SplitPath(string? path)
    {
        if (path is not ['/', _, ..])
            throw CosmosFailure.BadRequest($"The path '{path}' is not valid: it must begin with '/'.");
        return [.. path[1..].Split('/').Select(static name => name.Trim('"'))];
    }
}

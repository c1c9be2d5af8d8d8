using System.Collections.Concurrent;
using System.Text.Json;
using TikTok.Local.Cosmos.Documents;

namespace TikTok.Local.Cosmos.Storage;

/// <summary>One database: its properties, its containers and their throughput settings.</summary>
internal sealed class DatabaseState(string name, int number, JsonElement resource)
{
    public string Name { get; } = name;

    public int Number { get; } = number;

    public string Rid { get; } = ResourceId.Database(number);

    public JsonElement Resource { get; } = resource;

    /// <summary>The content of the database's offer; null when its containers have their own.</summary>
    public JsonElement? Throughput { get; set; }

    public ConcurrentDictionary<string, ContainerState> Containers { get; } = new(StringComparer.Ordinal);

    /// <summary>The content of containers' offers, by container number.</summary>
    public ConcurrentDictionary<int, JsonElement> ContainerThroughput { get; } = new();
}

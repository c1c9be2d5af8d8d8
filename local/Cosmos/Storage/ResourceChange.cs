using System.Text.Json;

namespace TikTok.Local.Cosmos.Storage;

/// <summary>
/// A journal entry about a database or a container: its new properties, or null when it was deleted. Numbers identify them for ever;
/// a name can be used again.
/// </summary>
internal sealed record ResourceChange(int Database, int Container, string Name, JsonElement? Resource, JsonElement? Throughput)
{
    /// <summary><see cref="Container"/> is 0 when the change is about the database itself.</summary>
    public bool IsDatabase => Container == 0;

    public JournalEntry.Resource ToEntry() => new(JsonSerializer.SerializeToUtf8Bytes(this));

    public static ResourceChange FromEntry(JournalEntry.Resource entry) =>
        JsonSerializer.Deserialize<ResourceChange>(entry.Json)
        ?? throw new InvalidDataException("Journal entry of a resource is empty.");
}

using TikTok.Ranker.State;

namespace TikTok.Ranker.Embeddings;

/// <summary>A whole table as part of a snapshot of all state, so that both are of the same moment. After it is loaded the next checkpoint begins a lineage.</summary>
public sealed class EmbeddingsPart(string name, EmbeddingWriter writer) : ISnapshotPart
{
    public string Name { get; } = name;

    public void Save(Stream stream) => writer.WriteCopy(stream);

    public void Load(Stream stream)
    {
        try
        {
            // Whoever restores a snapshot has checked all of its parts.
            writer.ReplaceByVerifiedSnapshot(stream);
        }
        catch (CheckpointException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
        writer.Position = null;
    }
}

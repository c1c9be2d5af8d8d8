using System.Runtime.InteropServices;
using System.Text;
using TikTok.Ranker.Retrieval.Hnsw;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>
/// The words of the videos and the index: what would take minutes to make anew. The learned vectors are the <see cref="TowerTable"/>'s, by its own checkpoints; where they are newer than
/// the index, the first renewal of all puts right what moved.
/// </summary>
/// <remarks>Loaded after the <see cref="VideoTable"/>. Where that has other row numbers than when this was saved, words find their videos and the index is built anew.</remarks>
public sealed class SpaceSnapshot(VideoTable videos, VideoSpace space) : ISnapshotPart
{
    private const int Version = 1;
    private const int RowsAtOnce = 8_192;

    public string Name => "video-space";

    public void Save(Stream stream)
    {
        int rows;
        lock (videos.Writing) rows = videos.Count;
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write(rows);
        }
        var record = new long[RowsAtOnce * (1 + VideoWords.PerVideo)];
        for (var from = 0; from < rows; from += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, rows - from);
            Array.Clear(record);
            for (var i = 0; i < count; i++)
            {
                var into = record.AsSpan(i * (1 + VideoWords.PerVideo), 1 + VideoWords.PerVideo);
                into[0] = videos[from + i].Video;
                space.Words[from + i].CopyTo(into[1..]);
            }
            stream.Write(MemoryMarshal.AsBytes(record.AsSpan(0, count * (1 + VideoWords.PerVideo))));
        }
        space.Index.Save(stream);
    }

    public void Load(Stream stream)
    {
        int rows;
        using (var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true))
        {
            if (reader.ReadInt32() is var version && version != Version) throw new InvalidDataException($"The videos' space of version {version}; this reads {Version}.");
            rows = reader.ReadInt32();
        }
        var sameRows = rows <= videos.Count;
        var record = new long[RowsAtOnce * (1 + VideoWords.PerVideo)];
        for (var from = 0; from < rows; from += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, rows - from);
            stream.ReadExactly(MemoryMarshal.AsBytes(record.AsSpan(0, count * (1 + VideoWords.PerVideo))));
            for (var i = 0; i < count; i++)
            {
                var saved = record.AsSpan(i * (1 + VideoWords.PerVideo), 1 + VideoWords.PerVideo);
                var row = videos.Find(saved[0]);
                sameRows &= row == from + i;
                if (row >= 0) space.Words.Set(row, saved[1..]);
            }
        }

        var index = HnswIndex.Load(stream);
        if (sameRows && index.Options == space.Index.Options) space.Take(index);
        else index.Dispose();
    }
}

using System.Runtime.InteropServices;
using System.Text;
using TikTok.Ranker.Retrieval.Hnsw;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>
/// The words of the videos, their vectors and the index: what would take minutes to make anew. What was learned is the <see cref="TowerTable"/>'s, by its own checkpoints; where that is newer
/// than the vectors, the first renewal of all puts right what moved.
/// </summary>
/// <remarks>Loaded after the <see cref="VideoTable"/>. Where that has other row numbers than when this was saved, words find their videos and the rest is made anew.</remarks>
public sealed class SpaceSnapshot(VideoTable videos, VideoSpace space) : ISnapshotPart
{
    private const int Version = 2;

    /// <summary>A part of what vectors have together in memory.</summary>
    private const int RowsAtOnce = 8_192;
    private const int RecordLength = 1 + VideoWords.PerVideo;

    public string Name => "video-space";

    public void Save(Stream stream)
    {
        int rows;
        lock (videos.Writing) rows = videos.Count;
        space.Vectors.Reserve(rows);
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write(rows);
            writer.Write(space.Vectors.Stride);
        }
        var records = new long[RowsAtOnce * RecordLength];
        for (var from = 0; from < rows; from += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, rows - from);
            Array.Clear(records);
            for (var i = 0; i < count; i++)
            {
                var into = records.AsSpan(i * RecordLength, RecordLength);
                into[0] = videos[from + i].Video;
                space.Words[from + i].CopyTo(into[1..]);
            }
            stream.Write(MemoryMarshal.AsBytes(records.AsSpan(0, count * RecordLength)));
            stream.Write(MemoryMarshal.AsBytes(space.Vectors.Raw(from, count)));
        }
        space.Index.Save(stream);
    }

    public void Load(Stream stream)
    {
        int rows, stride;
        using (var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true))
        {
            if (reader.ReadInt32() is var version && version != Version) throw new InvalidDataException($"The videos' space of version {version}; this reads {Version}.");
            (rows, stride) = (reader.ReadInt32(), reader.ReadInt32());
        }

        // As long as the videos lie where they lay.
        var isSame = rows <= videos.Count && stride == space.Vectors.Stride;
        if (isSame) space.Vectors.Reserve(rows);
        var records = new long[RowsAtOnce * RecordLength];
        var vectors = new ushort[RowsAtOnce * stride];
        for (var from = 0; from < rows; from += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, rows - from);
            stream.ReadExactly(MemoryMarshal.AsBytes(records.AsSpan(0, count * RecordLength)));
            for (var i = 0; i < count; i++)
            {
                var saved = records.AsSpan(i * RecordLength, RecordLength);

                // Where the videos lie as they lay, none needs to be looked for.
                var row = isSame && videos[from + i].Video == saved[0] ? from + i : videos.Find(saved[0]);
                isSame &= row == from + i;
                if (row >= 0) space.Words.Set(row, saved[1..]);
            }
            stream.ReadExactly(MemoryMarshal.AsBytes(isSame ? space.Vectors.Raw(from, count) : vectors.AsSpan(0, count * stride)));
        }

        var index = HnswIndex.Load(stream);
        if (isSame && index.Options == space.Index.Options) space.Take(index, rows);
        else index.Dispose();
    }
}

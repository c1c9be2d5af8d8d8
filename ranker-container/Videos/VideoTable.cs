using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TikTok.Core;
using TikTok.Ranker.Features;
using TikTok.Ranker.State;

namespace TikTok.Ranker.Videos;

/// <summary>
/// All videos by row number. A row belongs to one video for the life of the table, so that requests hold row numbers and nothing moves under them; what may no
/// longer be shown only loses its flag. Writers hold <see cref="Writing"/>, readers need no lock.
/// </summary>
public sealed class VideoTable
{
    /// <summary>Engagement loses half its weight in this time, so that what trends now beats what trended yesterday.</summary>
    public static readonly TimeSpan TrendHalfLife = TimeSpan.FromHours(6);

    private const int ChunkBits = 14;
    private const int ChunkRows = 1 << ChunkBits;

    private Chunk[] _chunks = [];
    private IdIndex _index = new(1024);
    private int _count;

    /// <summary>Held by whoever writes: the change feed of videos and the log of interactions both do.</summary>
    public Lock Writing { get; } = new();

    /// <summary>Rows, those no longer shown included: 0 to Count − 1 may be read.</summary>
    public int Count => Volatile.Read(ref _count);

    public ref readonly VideoRow this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _chunks[row >> ChunkBits].Rows[row & (ChunkRows - 1)];
    }

    /// <summary>The row of a video by its <see cref="FeatureId"/>, −1 when it is not here.</summary>
    public int Find(long video) => Volatile.Read(ref _index).Find(video);

    /// <summary>The video's document id.</summary>
    public string IdOf(int row) => Id.Format(_chunks[row >> ChunkBits].Ids[row & (ChunkRows - 1)]);

    /// <summary>For the writer: the row to change, a new one when the video is not here yet.</summary>
    /// <param name="id">The document id.</param>
    /// <exception cref="FormatException">It has not the form of an id.</exception>
    public ref VideoRow Add(string id, long creator, out int row)
    {
        var video = FeatureId.Of(Field.Video, id);
        row = _index.Find(video);
        if (row >= 0) return ref Write(row);

        var number = Id.Parse(id);
        row = _count;
        if (row >> ChunkBits == _chunks.Length) Volatile.Write(ref _chunks, [.. _chunks, new Chunk()]);
        var chunk = _chunks[row >> ChunkBits];
        chunk.Ids[row & (ChunkRows - 1)] = number;
        ref var added = ref chunk.Rows[row & (ChunkRows - 1)];
        added.Video = video;
        added.Creator = creator;

        // The count before the index: whoever finds the row may read it.
        Volatile.Write(ref _count, row + 1);
        if (_index.IsFull) Volatile.Write(ref _index, _index.Grown());
        _index.TryAdd(video, row);
        return ref added;
    }

    /// <summary>For the writer.</summary>
    public ref VideoRow Write(int row) => ref _chunks[row >> ChunkBits].Rows[row & (ChunkRows - 1)];

    /// <summary>Engagement as of <paramref name="now"/>, Unix seconds.</summary>
    public static float TrendOf(in VideoStatistics statistics, uint now) => statistics.Trend * Decay(statistics.TrendAt, now);

    /// <summary>For the writer: engagement that happened at <paramref name="at"/>, Unix seconds; late news weighs as much less.</summary>
    public static void AddTrend(ref VideoStatistics statistics, float weight, uint at)
    {
        if (at >= statistics.TrendAt)
        {
            statistics.Trend = (statistics.Trend * Decay(statistics.TrendAt, at)) + weight;
            statistics.TrendAt = at;
        }
        else
        {
            statistics.Trend += weight * Decay(at, statistics.TrendAt);
        }
    }

    /// <summary>All rows as they lie in memory. For the writer.</summary>
    public void Save(Stream stream)
    {
        stream.Write(MemoryMarshal.AsBytes<int>([Unsafe.SizeOf<VideoRow>(), _count]));
        for (var (left, chunk) = (_count, 0); left > 0; left -= ChunkRows, chunk++)
        {
            var rows = Math.Min(left, ChunkRows);
            stream.Write(MemoryMarshal.AsBytes(_chunks[chunk].Rows.AsSpan(0, rows)));
            stream.Write(MemoryMarshal.AsBytes(_chunks[chunk].Ids.AsSpan(0, rows)));
        }
    }

    /// <summary>Replaces all rows, before anybody reads. For the writer.</summary>
    /// <exception cref="InvalidDataException">It is not what <see cref="Save"/> wrote.</exception>
    public void Load(Stream stream)
    {
        Span<int> header = stackalloc int[2];
        stream.ReadWhole(MemoryMarshal.AsBytes(header));
        var (size, count) = (header[0], header[1]);
        if (size != Unsafe.SizeOf<VideoRow>() || count < 0) throw new InvalidDataException("The videos are of another version.");

        // Chunk by chunk, so that a count that is not true ends with the stream and not with the memory.
        List<Chunk> chunks = [];
        for (var left = count; left > 0; left -= ChunkRows)
        {
            var chunk = new Chunk();
            var rows = Math.Min(left, ChunkRows);
            stream.ReadWhole(MemoryMarshal.AsBytes(chunk.Rows.AsSpan(0, rows)));
            stream.ReadWhole(MemoryMarshal.AsBytes(chunk.Ids.AsSpan(0, rows)));
            chunks.Add(chunk);
        }
        var index = new IdIndex((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1024, count * 2L + 1)));
        for (var row = 0; row < count; row++)
        {
            var video = chunks[row >> ChunkBits].Rows[row & (ChunkRows - 1)].Video;
            if (video == FeatureId.None || !index.TryAdd(video, row)) throw new InvalidDataException("The videos are damaged.");
        }
        Volatile.Write(ref _chunks, [.. chunks]);
        Volatile.Write(ref _count, count);
        Volatile.Write(ref _index, index);
    }

    private static float Decay(uint from, uint to) => to <= from ? 1 : float.Exp2(-(to - from) / (float)TrendHalfLife.TotalSeconds);

    private sealed class Chunk
    {
        public readonly VideoRow[] Rows = new VideoRow[ChunkRows];
        public readonly UInt128[] Ids = new UInt128[ChunkRows];
    }

    /// <summary>Open addressing at half load. Nothing is ever removed; a reader sees an id with its row or not at all.</summary>
    private sealed class IdIndex(int capacity)
    {
        private readonly long[] _ids = new long[capacity];
        private readonly int[] _rows = new int[capacity];
        private int _taken;

        public bool IsFull => _taken * 2 >= _ids.Length;

        public int Find(long id)
        {
            for (var slot = Slot(id); ; slot = (slot + 1) & (_ids.Length - 1))
            {
                var found = Volatile.Read(ref _ids[slot]);
                if (found == id && id != FeatureId.None) return _rows[slot];
                if (found == FeatureId.None) return -1;
            }
        }

        /// <returns>false: it is there already.</returns>
        public bool TryAdd(long id, int row)
        {
            var slot = Slot(id);
            while (_ids[slot] != FeatureId.None)
            {
                if (_ids[slot] == id) return false;
                slot = (slot + 1) & (_ids.Length - 1);
            }
            _rows[slot] = row;
            Volatile.Write(ref _ids[slot], id);
            _taken++;
            return true;
        }

        public IdIndex Grown()
        {
            var grown = new IdIndex(_ids.Length * 2);
            for (var slot = 0; slot < _ids.Length; slot++)
            {
                if (_ids[slot] != FeatureId.None) grown.TryAdd(_ids[slot], _rows[slot]);
            }
            return grown;
        }

        // Ids are hashes already.
        private int Slot(long id) => (int)id & (_ids.Length - 1);
    }
}

using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TikTok.Ranker.Embeddings;

namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>
/// The videos' vectors by row number, in 16 bits a component (the upper half of an fp32, rounded): what is asked for 5,000 at a time. A row is written by one thread at a time
/// and read by any number; a reader may see some components of the state before. A row that was never written is zeros.
/// </summary>
internal sealed unsafe class VideoVectors(int dimensions)
{
    private const int ChunkBits = 14;
    private const int ChunkRows = 1 << ChunkBits;
    private const int Lane = 32;
    private const int PrefetchAhead = 12;

    private readonly int _stride = (dimensions + Lane - 1) / Lane * Lane;
    private readonly Lock _growing = new();
    private AlignedMemory[] _chunks = [];

    /// <summary>16-bit components from one row to the next.</summary>
    public int Stride => _stride;

    public long Bytes => Volatile.Read(ref _chunks).Sum(chunk => chunk.Bytes);

    /// <summary>Makes room for rows 0 to count − 1.</summary>
    public void Reserve(int count)
    {
        lock (_growing)
        {
            while (_chunks.Length << ChunkBits < count)
            {
                Volatile.Write(ref _chunks, [.. _chunks, new AlignedMemory((long)ChunkRows * _stride * sizeof(ushort), zeroed: true)]);
            }
        }
    }

    public void Set(int row, ReadOnlySpan<float> vector)
    {
        var to = At(_chunks, row);
        for (var i = 0; i < dimensions; i++) to[i] = (ushort)((BitConverter.SingleToUInt32Bits(vector[i]) + 0x8000) >> 16);
        GC.KeepAlive(this);
    }

    /// <summary>Some rows as they lie in memory, to save and to load. They lie together where they do not cross a multiple of <see cref="ChunkRows"/>.</summary>
    public Span<ushort> Raw(int from, int count) => new(At(_chunks, from), count * _stride);

    /// <returns>Whether there is room for such a row.</returns>
    public bool TryGet(int row, Span<float> vector)
    {
        var chunks = Volatile.Read(ref _chunks);
        if (row >> ChunkBits >= chunks.Length) return false;
        var from = At(chunks, row);
        for (var i = 0; i < dimensions; i++) vector[i] = BitConverter.UInt32BitsToSingle((uint)from[i] << 16);
        GC.KeepAlive(chunks);
        return true;
    }

    /// <summary>The inner products of a vector with some rows.</summary>
    [SkipLocalsInit]
    public void Products(ReadOnlySpan<float> vector, ReadOnlySpan<int> rows, Span<float> products)
    {
        var chunks = Volatile.Read(ref _chunks);
        var query = stackalloc float[_stride];
        vector.CopyTo(new Span<float>(query, _stride));
        new Span<float>(query + dimensions, _stride - dimensions).Clear();
        for (var i = 0; i < rows.Length; i++)
        {
            if (i + PrefetchAhead < rows.Length && rows[i + PrefetchAhead] is var ahead && ahead >> ChunkBits < chunks.Length)
                CacheLines.Prefetch((byte*)At(chunks, ahead), _stride * sizeof(ushort));
            products[i] = rows[i] >> ChunkBits < chunks.Length ? Product(query, At(chunks, rows[i]), _stride) : 0;
        }
        GC.KeepAlive(chunks);
    }

    /// <summary>For each row the mean outcome of a person's videos, weighed by their likeness (<see cref="PersonAffinity"/>).</summary>
    /// <param name="directions">The person's videos, of length 1, 0 in the dimensions that do not count; one after the other.</param>
    /// <param name="outcomes">One of each, times its weight.</param>
    /// <param name="weights">One of each.</param>
    [SkipLocalsInit]
    public void Affinities(ReadOnlySpan<float> directions, ReadOnlySpan<float> outcomes, ReadOnlySpan<float> weights, ReadOnlySpan<int> rows, Span<float> affinities)
    {
        if (outcomes.IsEmpty)
        {
            affinities.Clear();
            return;
        }
        var chunks = Volatile.Read(ref _chunks);
        var strided = stackalloc float[outcomes.Length * _stride];
        for (var i = 0; i < outcomes.Length; i++)
        {
            var to = new Span<float>(strided + (i * _stride), _stride);
            directions.Slice(i * dimensions, dimensions).CopyTo(to);
            to[dimensions..].Clear();
        }
        var video = stackalloc float[_stride];
        Span<float> likeness = stackalloc float[outcomes.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            if (i + PrefetchAhead < rows.Length && rows[i + PrefetchAhead] is var ahead && ahead >> ChunkBits < chunks.Length)
                CacheLines.Prefetch((byte*)At(chunks, ahead), _stride * sizeof(ushort));
            affinities[i] = 0;
            if (rows[i] >> ChunkBits >= chunks.Length) continue;
            Widen(At(chunks, rows[i]), video, _stride);
            var length = TensorPrimitives.Norm<float>(new ReadOnlySpan<float>(video, dimensions - TowerVector.Extra));
            if (length == 0) continue;
            for (var j = 0; j < likeness.Length; j++) likeness[j] = Product(video, strided + (j * _stride), _stride);
            affinities[i] = PersonAffinity.Of(likeness, 1 / length, outcomes, weights);
        }
        GC.KeepAlive(chunks);
    }

    private static void Widen(ushort* row, float* vector, int stride)
    {
        for (var d = 0; d < stride; d += Lane)
        {
            var (first, second) = Vector512.Widen(Vector512.Load(row + d));
            (first << 16).AsSingle().Store(vector + d);
            (second << 16).AsSingle().Store(vector + d + Vector512<float>.Count);
        }
    }

    private static float Product(float* a, float* b, int stride)
    {
        var (low, high) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var d = 0; d < stride; d += Lane)
        {
            low = Vector512.FusedMultiplyAdd(Vector512.Load(a + d), Vector512.Load(b + d), low);
            high = Vector512.FusedMultiplyAdd(Vector512.Load(a + d + Vector512<float>.Count), Vector512.Load(b + d + Vector512<float>.Count), high);
        }
        return Vector512.Sum(low + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Product(float* query, ushort* row, int stride)
    {
        var (low, high) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var d = 0; d < stride; d += Lane)
        {
            var (first, second) = Vector512.Widen(Vector512.Load(row + d));
            low = Vector512.FusedMultiplyAdd((first << 16).AsSingle(), Vector512.Load(query + d), low);
            high = Vector512.FusedMultiplyAdd((second << 16).AsSingle(), Vector512.Load(query + d + Vector512<float>.Count), high);
        }
        return Vector512.Sum(low + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ushort* At(AlignedMemory[] chunks, int row) => (ushort*)chunks[row >> ChunkBits].Start + ((nint)(row & (ChunkRows - 1)) * _stride);
}

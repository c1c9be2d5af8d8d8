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
        affinities.Clear();
        if (outcomes.IsEmpty) return;
        var chunks = Volatile.Read(ref _chunks);

        // One component of all the person's videos after the other: a video is compared with many of them at once, and nothing is added up across a register.
        var learned = dimensions - TowerVector.Extra;
        var components = (learned + 1) / 2 * 2;
        var width = (outcomes.Length + Lane - 1) / Lane * Lane;
        var turned = stackalloc float[(components + 2) * width];
        new Span<float>(turned, (components + 2) * width).Clear();
        for (var i = 0; i < outcomes.Length; i++)
        {
            for (var d = 0; d < learned; d++) turned[(d * width) + i] = directions[(i * dimensions) + d];
        }
        var outcome = turned + (components * width);
        var weight = outcome + width;
        outcomes.CopyTo(new Span<float>(outcome, width));
        weights.CopyTo(new Span<float>(weight, width));

        var video = stackalloc float[_stride];
        for (var i = 0; i < rows.Length; i++)
        {
            if (i + PrefetchAhead < rows.Length && rows[i + PrefetchAhead] is var ahead && ahead >> ChunkBits < chunks.Length)
                CacheLines.Prefetch((byte*)At(chunks, ahead), _stride * sizeof(ushort));
            if (rows[i] >> ChunkBits >= chunks.Length) continue;
            Widen(At(chunks, rows[i]), video, _stride);
            var length = TensorPrimitives.Norm<float>(new ReadOnlySpan<float>(video, learned));
            if (length == 0) continue;
            var (sum, near) = (Vector512<float>.Zero, Vector512<float>.Zero);
            for (var first = 0; first < width; first += Lane)
            {
                var (low, high) = Products(video, turned + first, components, width);
                (low, high) = (PersonAffinity.Kernel(low / length), PersonAffinity.Kernel(high / length));
                sum += (low * Vector512.Load(outcome + first)) + (high * Vector512.Load(outcome + first + Vector512<float>.Count));
                near += (low * Vector512.Load(weight + first)) + (high * Vector512.Load(weight + first + Vector512<float>.Count));
            }
            affinities[i] = PersonAffinity.Mean(Vector512.Sum(sum), Vector512.Sum(near));
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

    /// <summary>The inner products of one vector with <see cref="Lane"/> others, whose components lie <paramref name="width"/> apart.</summary>
    /// <param name="components">An even number.</param>
    private static (Vector512<float> Low, Vector512<float> High) Products(float* one, float* others, int components, int width)
    {
        // Two sums each: one would wait for itself.
        var (low, high, oddLow, oddHigh) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (var d = 0; d < components; d += 2)
        {
            var (even, odd) = (Vector512.Create(one[d]), Vector512.Create(one[d + 1]));
            low = Vector512.FusedMultiplyAdd(even, Vector512.Load(others), low);
            high = Vector512.FusedMultiplyAdd(even, Vector512.Load(others + Vector512<float>.Count), high);
            oddLow = Vector512.FusedMultiplyAdd(odd, Vector512.Load(others + width), oddLow);
            oddHigh = Vector512.FusedMultiplyAdd(odd, Vector512.Load(others + width + Vector512<float>.Count), oddHigh);
            others += 2 * width;
        }
        return (low + oddLow, high + oddHigh);
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

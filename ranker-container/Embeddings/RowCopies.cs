using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TikTok.Ranker.Embeddings;

/// <summary>What a lookup does with the rows it finds. A row may be copied twice, or be copied half changed and then again.</summary>
internal interface IRowCopy
{
    /// <summary>Asks for the row's cache lines, some time before it is copied.</summary>
    void Prefetch(int row);

    /// <param name="index">Of the id in the batch.</param>
    void Copy(int row, int index);

    /// <summary>The id has no row.</summary>
    void Clear(int index);
}

/// <summary>No vectors, only where they are.</summary>
internal readonly unsafe struct RowNumberCopy(int* rows) : IRowCopy
{
    public void Prefetch(int row) { }
    public void Copy(int row, int index) => rows[index] = row;
    public void Clear(int index) => rows[index] = -1;
}

/// <summary>The stored bytes, whatever they are.</summary>
internal readonly unsafe struct BytesCopy(RowAddresses rows, byte* into, int length) : IRowCopy
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int row) => CacheLines.Prefetch(rows[row], length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Copy(int row, int index)
    {
        var from = rows[row];
        var to = into + ((nint)index * length);
        var i = 0;
        for (; i + Vector512<byte>.Count <= length; i += Vector512<byte>.Count) Vector512.Load(from + i).Store(to + i);
        for (; i + Vector128<byte>.Count <= length; i += Vector128<byte>.Count) Vector128.Load(from + i).Store(to + i);
        for (; i < length; i++) to[i] = from[i];
    }

    public void Clear(int index) => new Span<byte>(into + ((nint)index * length), length).Clear();
}

/// <summary>fp16 as floats.</summary>
internal readonly unsafe struct HalfToSingleCopy(RowAddresses rows, float* into, int dimensions) : IRowCopy
{
    public void Prefetch(int row) => CacheLines.Prefetch(rows[row], dimensions * sizeof(Half));
    public void Copy(int row, int index) => TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(rows[row], dimensions), At(index));
    public void Clear(int index) => At(index).Clear();

    private Span<float> At(int index) => new(into + ((nint)index * dimensions), dimensions);
}

/// <summary>Bytes and scale as floats.</summary>
internal readonly unsafe struct Int8ToSingleCopy(RowAddresses rows, RowAddresses scales, float* into, int dimensions) : IRowCopy
{
    public void Prefetch(int row)
    {
        CacheLines.Prefetch(rows[row], dimensions);
        CacheLines.Prefetch(scales[row], sizeof(float));
    }

    public void Copy(int row, int index) => RowScale.Restore(new ReadOnlySpan<sbyte>(rows[row], dimensions), *(float*)scales[row], At(index));
    public void Clear(int index) => At(index).Clear();

    private Span<float> At(int index) => new(into + ((nint)index * dimensions), dimensions);
}

/// <summary>Bytes and scale as they are.</summary>
internal readonly unsafe struct Int8Copy(BytesCopy bytes, RowAddresses scales, float* scalesInto) : IRowCopy
{
    public void Prefetch(int row)
    {
        bytes.Prefetch(row);
        CacheLines.Prefetch(scales[row], sizeof(float));
    }

    public void Copy(int row, int index)
    {
        bytes.Copy(row, index);
        scalesInto[index] = *(float*)scales[row];
    }

    public void Clear(int index)
    {
        bytes.Clear(index);
        scalesInto[index] = 0;
    }
}

internal static unsafe class CacheLines
{
    private const int Length = 64;

    /// <summary>Where the processor cannot be asked, it looks ahead by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* start, int bytes)
    {
        if (!Sse.IsSupported) return;
        for (var i = 0; i < bytes; i += Length) Sse.Prefetch0(start + i);
    }
}

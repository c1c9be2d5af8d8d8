using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TikTok.Ranker.State;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>An array that grows without moving: one writer, any number of readers without locks. What was not written is zero.</summary>
internal sealed class ChunkedArray<T>
    where T : unmanaged
{
    private const int Bits = 12;
    private const int ChunkLength = 1 << Bits;

    private T[][] _chunks = [];

    /// <summary>Elements that may be read.</summary>
    public int Length => Volatile.Read(ref _chunks).Length << Bits;

    public long Bytes => (long)Length * Unsafe.SizeOf<T>();

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _chunks[index >> Bits][index & (ChunkLength - 1)];
    }

    /// <summary>For the writer: makes the element be there.</summary>
    public void Reach(int index)
    {
        var chunks = (index >> Bits) + 1;
        if (chunks <= _chunks.Length) return;
        Volatile.Write(ref _chunks, [.. _chunks, .. Enumerable.Range(_chunks.Length, chunks - _chunks.Length).Select(_ => new T[ChunkLength])]);
    }

    public void Save(Stream stream)
    {
        stream.Write(MemoryMarshal.AsBytes<int>([Unsafe.SizeOf<T>(), _chunks.Length]));
        foreach (var chunk in _chunks) stream.Write(MemoryMarshal.AsBytes(chunk.AsSpan()));
    }

    /// <exception cref="InvalidDataException">It is not what <see cref="Save"/> wrote.</exception>
    public static ChunkedArray<T> Load(Stream stream)
    {
        Span<int> header = stackalloc int[2];
        stream.ReadWhole(MemoryMarshal.AsBytes(header));
        if (header[0] != Unsafe.SizeOf<T>() || header[1] < 0) throw new InvalidDataException("The array is of another version.");
        List<T[]> chunks = [];
        for (var i = 0; i < header[1]; i++)
        {
            var chunk = new T[ChunkLength];
            stream.ReadWhole(MemoryMarshal.AsBytes(chunk.AsSpan()));
            chunks.Add(chunk);
        }
        return new ChunkedArray<T> { _chunks = [.. chunks] };
    }
}

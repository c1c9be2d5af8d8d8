using System.Runtime.InteropServices;

namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>Native memory on a cache line that grows when it must and is kept for the next use. Growing keeps what it holds.</summary>
internal unsafe struct NativeBuffer<T>
    where T : unmanaged
{
    private const nuint CacheLine = 64;

    public T* Pointer { get; private set; }

    public int Length { get; private set; }

    public readonly long Bytes => (long)Length * sizeof(T);

    public void Reserve(int length)
    {
        if (length <= Length) return;
        var grown = Math.Max(length, (int)Math.Min(2L * Length, Array.MaxLength));
        Pointer = (T*)NativeMemory.AlignedRealloc(Pointer, (nuint)grown * (nuint)sizeof(T), CacheLine);
        Length = grown;
    }

    public void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        Length = 0;
    }
}

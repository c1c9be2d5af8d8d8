using System.Runtime.InteropServices;

namespace TikTok.Ranker.Embeddings;

/// <summary>
/// Memory outside the garbage collector's heap, for as long as this object is reachable: whoever uses <see cref="Start"/> keeps it alive. On Linux, blocks of
/// 2 MiB and more ask for huge pages, because random rows of a gigabyte otherwise cost a page walk each.
/// </summary>
internal sealed unsafe partial class AlignedMemory
{
    private const int CacheLine = 64;
    private const int HugePage = 2 << 20;
    private const int AdviseHugePage = 14;

    /// <param name="bytes">At least 1.</param>
    /// <param name="zeroed">Whether it begins as zeros; otherwise its content is undefined.</param>
    public AlignedMemory(long bytes, bool zeroed)
    {
        Bytes = bytes;
        var huge = bytes >= HugePage;
        Start = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, (nuint)(huge ? HugePage : CacheLine));
        GC.AddMemoryPressure(bytes);

        // Advice that is not taken costs speed alone.
        if (huge && OperatingSystem.IsLinux()) _ = Advise(Start, (nuint)bytes, AdviseHugePage);
        if (zeroed) NativeMemory.Clear(Start, (nuint)bytes);
    }

    ~AlignedMemory()
    {
        if (Start is null) return;
        NativeMemory.AlignedFree(Start);
        GC.RemoveMemoryPressure(Bytes);
    }

    /// <summary>Aligned to a cache line.</summary>
    public byte* Start { get; }

    public long Bytes { get; }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}

using System.Runtime.Intrinsics;

namespace TikTok.Ranker.People;

/// <summary>
/// Which of some 2,048 videos were seen, in 4 KB: a split-block Bloom filter (Putze and others, 2007, as in Parquet), which looks at one line of memory per question.
/// Of videos not seen it takes about one in a thousand for seen.
/// </summary>
/// <remarks>Bits are only ever set, so that readers need no lock.</remarks>
internal sealed class WatchedFilter(ulong[] words)
{
    public const int Capacity = 2_048;

    private const int BlockWords = 8;
    private const int BlockBits = 6;
    public const int Words = BlockWords << BlockBits;

    public WatchedFilter()
        : this(new ulong[Words])
    {
    }

    public ReadOnlySpan<ulong> Bits => words;

    /// <summary>Videos that were added.</summary>
    public int Count { get; set; }

    /// <summary>What a video is looked for by, in any filter: a bit in each word of its block.</summary>
    public static Vector512<ulong> BitsOf(long video)
    {
        return Vector512.Create(Bit(video, 0), Bit(video, 1), Bit(video, 2), Bit(video, 3), Bit(video, 4), Bit(video, 5), Bit(video, 6), Bit(video, 7));

        static ulong Bit(long video, int word) => 1UL << (int)(video >> (word * 6));
    }

    public void Add(long video)
    {
        ref var block = ref BlockOf(video);
        (Vector512.LoadUnsafe(ref block) | BitsOf(video)).StoreUnsafe(ref block);
        Count++;
    }

    /// <param name="video">The video.</param>
    /// <param name="bits">Its <see cref="BitsOf"/>.</param>
    public bool Contains(long video, Vector512<ulong> bits) => Vector512.EqualsAll(Vector512.LoadUnsafe(ref BlockOf(video)) & bits, bits);

    // Ids are hashes: six bits of one for the block, six others for the bit in each of its words.
    private ref ulong BlockOf(long video) => ref words[(int)((ulong)video >> (64 - BlockBits)) * BlockWords];
}

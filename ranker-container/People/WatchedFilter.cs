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

    public void Add(long video)
    {
        var block = Block(video);
        for (var i = 0; i < BlockWords; i++) words[block + i] |= Bit(video, i);
        Count++;
    }

    public bool Contains(long video)
    {
        var block = Block(video);
        for (var i = 0; i < BlockWords; i++)
        {
            if ((words[block + i] & Bit(video, i)) == 0) return false;
        }
        return true;
    }

    // Ids are hashes: six bits of one for the block, six others for the bit in each of its words.
    private static int Block(long video) => (int)((ulong)video >> (64 - BlockBits)) * BlockWords;

    private static ulong Bit(long video, int word) => 1UL << (int)(((ulong)video >> (word * 6)) & 63);
}

using TikTok.Ranker.Features;

namespace TikTok.Ranker.Reranking;

/// <summary>What each place of a page is for: in every ten the number that its share comes to, in an order that the seed decides.</summary>
internal static class SlotPlan
{
    private const int Block = 10;

    public static void Fill(Span<PickReason> places, FeedShares shares, ref SplitMix64 random)
    {
        // Where a share is no whole number of a block, chance decides which blocks have the one more: over many pages the shares are exact.
        var (popularPhase, explorationPhase) = (random.NextSingle(), random.NextSingle());
        for (var start = 0; start < places.Length; start += Block)
        {
            var block = places.Slice(start, Math.Min(Block, places.Length - start));
            var popular = Math.Min(CountOf(shares.Popular, popularPhase, start, block.Length), block.Length);
            var exploration = Math.Min(CountOf(shares.Exploration, explorationPhase, start, block.Length), block.Length - popular);
            block.Fill(PickReason.Personal);
            block[..popular].Fill(PickReason.Popular);
            block.Slice(popular, exploration).Fill(PickReason.Exploration);
            for (var i = block.Length - 1; i > 0; i--)
            {
                var j = random.NextInt(i + 1);
                (block[i], block[j]) = (block[j], block[i]);
            }
        }
    }

    private static int CountOf(float share, float phase, int start, int length) =>
        (int)MathF.Floor((share * (start + length)) + phase) - (int)MathF.Floor((share * start) + phase);
}

using System.Collections.Concurrent;

namespace TikTok.Ranker.Retrieval;

/// <summary>The pools of a candidate in words: camel case, joined by <c>+</c>.</summary>
public static class CandidatePoolNames
{
    private static readonly ConcurrentDictionary<CandidatePools, string> Known = new();

    public static string Of(CandidatePools pools) => Known.GetOrAdd(
        pools,
        static pools => string.Join('+', Enum.GetValues<CandidatePools>().Where(pool => pool != CandidatePools.None && pools.HasFlag(pool))
            .Select(pool => char.ToLowerInvariant(pool.ToString()[0]) + pool.ToString()[1..])));
}

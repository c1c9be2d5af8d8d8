namespace TikTok.Ranker.Embeddings;

/// <summary>
/// One 64-bit hash of an id, from disjoint parts of which come its shard and its bucket in either table. A bijection (the finaliser of SplitMix64 over the seeded
/// id): two ids never have the same hash, and the id itself is what is compared.
/// </summary>
internal static class IdHash
{
    public static ulong Of(long id, ulong seed)
    {
        var hash = (ulong)id ^ seed;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }
}

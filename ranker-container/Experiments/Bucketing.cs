using System.IO.Hashing;
using System.Text;

namespace TikTok.Ranker.Experiments;

/// <summary>Divides people into 10,000 buckets, differently for each name: who is in which follows from the two names alone, everywhere and always.</summary>
/// <param name="name">A layer's or an experiment's.</param>
public sealed class Bucketing(string name)
{
    public const int Buckets = 10_000;

    private const int MaxStackBytes = 256;

    private readonly long _seed = (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name));

    /// <returns>0 to 9,999.</returns>
    public int BucketOf(string userId)
    {
        var length = Encoding.UTF8.GetMaxByteCount(userId.Length);
        var bytes = length <= MaxStackBytes ? stackalloc byte[length] : new byte[length];
        var hash = XxHash3.HashToUInt64(bytes[..Encoding.UTF8.GetBytes(userId, bytes)], _seed);
        return (int)(((UInt128)hash * Buckets) >> 64);
    }
}

using System.Globalization;
using System.Security.Cryptography;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <summary>
/// Lists of breached passwords as they are published: lines that hold a password, or its SHA-1 in 40 hex digits with or without <c>:</c> and how often it was seen.
/// </summary>
public static class BreachedPasswordList
{
    private const int HexDigits = 2 * SHA1.HashSizeInBytes;

    /// <param name="readLines">Asked twice: a filter is as large as its number of entries says.</param>
    /// <param name="falsePositives">Above 0 and below 1.</param>
    /// <param name="minCount">Digests that were seen less often are left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">No entries, or too many for <see cref="BloomFilter.MaxBytes"/>.</exception>
    public static BloomFilter BuildFilter(Func<IEnumerable<string>> readLines, double falsePositives, long minCount = 1)
    {
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
        var entries = 0L;
        foreach (var line in readLines())
        {
            if (TryReadDigest(line, minCount, digest)) entries++;
        }

        var filter = BloomFilter.Create(entries, falsePositives);
        foreach (var line in readLines())
        {
            if (TryReadDigest(line, minCount, digest)) filter.Add(digest);
        }

        return filter;
    }

    private static bool TryReadDigest(string line, long minCount, Span<byte> digest)
    {
        if (line.Length == 0) return false;
        if (line.Length >= HexDigits && Convert.FromHexString(line.AsSpan(0, HexDigits), digest, out _, out _) == System.Buffers.OperationStatus.Done)
        {
            if (line.Length == HexDigits) return true;
            if (line[HexDigits] == ':' && long.TryParse(line.AsSpan(HexDigits + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return count >= minCount;
        }

        BreachedPasswords.Digest(Texts.Normalize(line), digest);
        return true;
    }
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace TikTok.Functions.Accounts;

/// <summary>
/// Passwords that an attacker tries first: the common ones, of which the service carries a list, and those of the filter that setting <c>Passwords__BreachedFilter</c>
/// names, if any. A password is looked up as it is and in lower case, and found by mistake about twice in 10,000 times.
/// </summary>
public sealed class BreachedPasswords
{
    internal const double FalsePositives = 0.0001;

    // SHA-1, because the published breach corpora are lists of SHA-1 digests. Nothing here rests on its strength.
    private const int DigestBytes = SHA1.HashSizeInBytes;
    private const int StackBytes = 1024;

    private readonly Lazy<BloomFilter> _common = new(BuildCommon);
    private readonly BloomFilter? _given;

    /// <param name="given">The operator's own filter.</param>
    public BreachedPasswords(BloomFilter? given = null) => _given = given;

    /// <exception cref="InvalidOperationException">The setting names a file that is not there or is no filter.</exception>
    public static BreachedPasswords From(IConfiguration configuration)
    {
        if (configuration["Passwords:BreachedFilter"] is not { Length: > 0 } path) return new BreachedPasswords();
        try
        {
            using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, path));
            return new BreachedPasswords(BloomFilter.Read(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new InvalidOperationException($"Setting 'Passwords__BreachedFilter' names no filter that can be read: {e.Message}", e);
        }
    }

    /// <param name="password">Normalized.</param>
    public bool Contains(ReadOnlySpan<char> password)
    {
        if (Find(password)) return true;
        var rented = password.Length > StackBytes ? ArrayPool<char>.Shared.Rent(password.Length) : null;
        Span<char> lower = rented ?? stackalloc char[StackBytes];
        lower = lower[..password.ToLowerInvariant(lower)];
        var found = !lower.SequenceEqual(password) && Find(lower);
        Return(rented);
        return found;
    }

    /// <summary>SHA-1 of a password's UTF-8, which is what filters are made of.</summary>
    /// <param name="digest">20 bytes.</param>
    public static void Digest(ReadOnlySpan<char> password, Span<byte> digest)
    {
        var rented = password.Length * 3 > StackBytes ? ArrayPool<byte>.Shared.Rent(password.Length * 3) : null;
        Span<byte> utf8 = rented ?? stackalloc byte[StackBytes];
        utf8 = utf8[..Encoding.UTF8.GetBytes(password, utf8)];
#pragma warning disable CA5350 // See DigestBytes.
        SHA1.HashData(utf8, digest);
#pragma warning restore CA5350
        Return(rented);
    }

    private bool Find(ReadOnlySpan<char> password)
    {
        Span<byte> digest = stackalloc byte[DigestBytes];
        Digest(password, digest);
        return _common.Value.MayContain(digest) || _given?.MayContain(digest) == true;
    }

    /// <summary>What was in it was a password.</summary>
    private static void Return<T>(T[]? rented)
    {
        if (rented is not null) ArrayPool<T>.Shared.Return(rented, clearArray: true);
    }

    private static BloomFilter BuildCommon()
    {
        var filter = BloomFilter.Create(CommonPasswords.Count, FalsePositives);
        Span<byte> digest = stackalloc byte[DigestBytes];
        foreach (var password in CommonPasswords.All())
        {
            Digest(password, digest);
            filter.Add(digest);
        }

        return filter;
    }
}

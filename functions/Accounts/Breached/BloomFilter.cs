using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TikTok.Functions.Accounts;

/// <summary>
/// A set of SHA-1 digests in a few bits each (Bloom 1970): what was added is always found; what was not is found with a small probability that is
/// chosen when the filter is made. Digests are as good as random bits, so that they need no further hashing (Kirsch and Mitzenmacher 2006).
/// </summary>
/// <remarks>
/// As a file, all numbers little-endian: 8 bytes <c>TTBLOOM1</c>; uint32 probes per entry; uint32 zero; uint64 bits, a multiple of 8; uint64 entries; the bits, bit
/// <c>i</c> being bit <c>i mod 8</c> of byte <c>i / 8</c>; SHA-256 of all that. With <c>a</c> and <c>b</c> the first and second uint64 of a digest, and <c>b</c> made odd, probe <c>j</c> is
/// bit <c>⌊((a + j·b) mod 2⁶⁴) · bits / 2⁶⁴⌋</c>.
/// </remarks>
public sealed class BloomFilter
{
    /// <summary>Larger filters are not for the memory of a function app.</summary>
    public const int MaxBytes = 512 * 1024 * 1024;

    private const int HeaderBytes = 32;
    private const int MaxProbes = 32;
    private static ReadOnlySpan<byte> Magic => "TTBLOOM1"u8;

    private readonly byte[] _bits;
    private readonly uint _probes;

    private BloomFilter(byte[] bits, uint probes, ulong entries) => (_bits, _probes, Entries) = (bits, probes, entries);

    /// <summary>How many were added; those added twice count twice.</summary>
    public ulong Entries { get; private set; }

    public long Bytes => _bits.Length;

    private ulong Bits => (ulong)_bits.Length * 8;

    /// <summary>An empty filter.</summary>
    /// <param name="entries">How many will be added, at least 1.</param>
    /// <param name="falsePositives">The probability with which what was not added will be found: above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not such numbers, or too large a filter.</exception>
    public static BloomFilter Create(long entries, double falsePositives)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entries, 1);
        if (falsePositives is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(falsePositives), falsePositives, "A probability above 0 and below 1.");
        var bitsPerEntry = -Math.Log(falsePositives) / (Math.Log(2) * Math.Log(2));
        var bytes = Math.Ceiling(entries * bitsPerEntry / 8);
        if (bytes > MaxBytes) throw new ArgumentOutOfRangeException(nameof(entries), entries, $"The filter would have more than {MaxBytes} bytes.");
        return new BloomFilter(new byte[(int)bytes], (uint)Math.Clamp((int)Math.Round(bitsPerEntry * Math.Log(2)), 1, MaxProbes), 0);
    }

    public void Add(ReadOnlySpan<byte> sha1)
    {
        var (position, step) = Start(sha1);
        for (var probe = 0u; probe < _probes; probe++, position += step)
        {
            var bit = Math.BigMul(position, Bits, out _);
            _bits[bit >> 3] |= (byte)(1 << (int)(bit & 7));
        }

        Entries++;
    }

    public bool MayContain(ReadOnlySpan<byte> sha1)
    {
        var (position, step) = Start(sha1);
        for (var probe = 0u; probe < _probes; probe++, position += step)
        {
            var bit = Math.BigMul(position, Bits, out _);
            if ((_bits[bit >> 3] & (1 << (int)(bit & 7))) == 0) return false;
        }

        return true;
    }

    public void Write(Stream stream)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], _probes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], Bits);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], Entries);
        sha256.AppendData(header);
        sha256.AppendData(_bits);
        stream.Write(header);
        stream.Write(_bits);
        stream.Write(sha256.GetHashAndReset());
    }

    /// <exception cref="InvalidDataException">Not a filter, or not whole.</exception>
    public static BloomFilter Read(Stream stream)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header.StartsWith(Magic))
            throw new InvalidDataException("It is not a filter: it does not begin with TTBLOOM1.");
        var probes = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        var bits = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
        if (probes is < 1 or > MaxProbes || bits == 0 || bits % 8 != 0 || bits / 8 > MaxBytes) throw new InvalidDataException("Its header is not that of a filter.");

        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var content = new byte[bits / 8];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var isWhole = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) == content.Length
            && stream.ReadAtLeast(hash, hash.Length, throwOnEndOfStream: false) == hash.Length;
        sha256.AppendData(header);
        sha256.AppendData(content);
        if (!isWhole || !hash.SequenceEqual(sha256.GetHashAndReset()) || stream.ReadByte() >= 0)
            throw new InvalidDataException("It is not whole: its checksum is another.");
        return new BloomFilter(content, probes, BinaryPrimitives.ReadUInt64LittleEndian(header[24..]));
    }

    private static (ulong Position, ulong Step) Start(ReadOnlySpan<byte> sha1) =>
        (BinaryPrimitives.ReadUInt64LittleEndian(sha1), BinaryPrimitives.ReadUInt64LittleEndian(sha1[8..]) | 1);
}

using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace TikTok.Local.EventHubs;

/// <summary>
/// Which partition a partition key belongs to: Bob Jenkins' public-domain lookup3 (<c>hashlittle2</c>, both seeds 0) over the key's
/// UTF-8 bytes, both halves xor-ed, the low 16 bits taken as a signed number, and its remainder by the partition count without
/// the sign. This is the mapping that the service and its clients use, so a key lands here where it lands there.
/// </summary>
internal static class PartitionKeyHash
{
    /// <summary>The partition, from 0, of a key among <paramref name="partitionCount"/>.</summary>
    public static int Partition(string key, int partitionCount)
    {
        var (c, b) = Lookup3(Encoding.UTF8.GetBytes(key), 0, 0);
        return Math.Abs((short)(c ^ b) % partitionCount);
    }

    /// <summary>lookup3's <c>hashlittle2</c>: the primary hash first.</summary>
    public static (uint Primary, uint Secondary) Lookup3(ReadOnlySpan<byte> data, uint primarySeed, uint secondarySeed)
    {
        var a = 0xdeadbeef + (uint)data.Length + primarySeed;
        var b = a;
        var c = a + secondarySeed;
        while (data.Length > 12)
        {
            a += BinaryPrimitives.ReadUInt32LittleEndian(data);
            b += BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            c += BinaryPrimitives.ReadUInt32LittleEndian(data[8..]);
            a -= c; a ^= BitOperations.RotateLeft(c, 4); c += b;
            b -= a; b ^= BitOperations.RotateLeft(a, 6); a += c;
            c -= b; c ^= BitOperations.RotateLeft(b, 8); b += a;
            a -= c; a ^= BitOperations.RotateLeft(c, 16); c += b;
            b -= a; b ^= BitOperations.RotateLeft(a, 19); a += c;
            c -= b; c ^= BitOperations.RotateLeft(b, 4); b += a;
            data = data[12..];
        }

        if (data.Length == 0)
        {
            return (c, b);
        }

        Span<byte> tail = stackalloc byte[12];
        tail.Clear();
        data.CopyTo(tail);
        a += BinaryPrimitives.ReadUInt32LittleEndian(tail);
        b += BinaryPrimitives.ReadUInt32LittleEndian(tail[4..]);
        c += BinaryPrimitives.ReadUInt32LittleEndian(tail[8..]);
        c ^= b; c -= BitOperations.RotateLeft(b, 14);
        a ^= c; a -= BitOperations.RotateLeft(c, 11);
        b ^= a; b -= BitOperations.RotateLeft(a, 25);
        c ^= b; c -= BitOperations.RotateLeft(b, 16);
        a ^= c; a -= BitOperations.RotateLeft(c, 4);
        b ^= a; b -= BitOperations.RotateLeft(a, 14);
        c ^= b; c -= BitOperations.RotateLeft(b, 24);
        return (c, b);
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace TikTok.Local.Cosmos.Documents;

/// <summary>
/// Where a partition key value stands in the hash range "" to "FF": hexadecimal MurmurHash3 (x64, 128 bits, seed 0) of each
/// component, its two highest bits cleared, one after the other. A prefix of a hierarchical key is thus a prefix of the string,
/// and the client asks for it as the range from the prefix to the prefix followed by "FF".
/// </summary>
internal static class EffectivePartitionKey
{
    // Type markers that precede a component's bytes when it is hashed.
    private const byte UndefinedMarker = 0;
    private const byte NullMarker = 1;
    private const byte FalseMarker = 2;
    private const byte TrueMarker = 3;
    private const byte NumberMarker = 5;
    private const byte StringMarker = 8;
    private const byte StringEnd = 0xFF;

    /// <summary>Computes the position of a canonical partition key value (<see cref="PartitionKeyValue.Canonical"/>).</summary>
    /// <param name="hierarchical">Whether the container's key is of the kind MultiHash: each component hashed alone.</param>
    public static string Compute(string canonical, bool hierarchical)
    {
        using var document = JsonDocument.Parse(canonical);
        var hashed = new StringBuilder();
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var component in document.RootElement.EnumerateArray())
        {
            WriteForHashing(component, bytes);
            if (!hierarchical)
                continue;
            AppendHash(hashed, bytes.WrittenSpan);
            bytes.ResetWrittenCount();
        }

        if (!hierarchical)
            AppendHash(hashed, bytes.WrittenSpan);
        return hashed.ToString();
    }

    private static void WriteForHashing(JsonElement component, ArrayBufferWriter<byte> bytes)
    {
        switch (component.ValueKind)
        {
            case JsonValueKind.Null:
                bytes.Write([NullMarker]);
                break;
            case JsonValueKind.False:
                bytes.Write([FalseMarker]);
                break;
            case JsonValueKind.True:
                bytes.Write([TrueMarker]);
                break;
            case JsonValueKind.Number:
                bytes.Write([NumberMarker]);
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.GetSpan(sizeof(double)), component.GetDouble());
                bytes.Advance(sizeof(double));
                break;
            case JsonValueKind.String:
                bytes.Write([StringMarker]);
                Encoding.UTF8.GetBytes(component.GetString(), bytes);
                bytes.Write([StringEnd]);
                break;
            default:
                bytes.Write([UndefinedMarker]);
                break;
        }
    }

    private static void AppendHash(StringBuilder output, ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[16];
        Hash128(data, hash);
        hash.Reverse();
        hash[0] &= 0x3F;
        output.Append(Convert.ToHexString(hash));
    }

    /// <summary>MurmurHash3_x64_128 with seed 0, by Austin Appleby (public domain algorithm).</summary>
    private static void Hash128(ReadOnlySpan<byte> data, Span<byte> output)
    {
        const ulong C1 = 0x87c37b91114253d5;
        const ulong C2 = 0x4cf5ad432745937f;
        ulong h1 = 0, h2 = 0;
        var length = (ulong)data.Length;
        while (data.Length >= 16)
        {
            h1 ^= Scramble(BinaryPrimitives.ReadUInt64LittleEndian(data), C1, 31, C2);
            h1 = (BitOperations.RotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
            h2 ^= Scramble(BinaryPrimitives.ReadUInt64LittleEndian(data[8..]), C2, 33, C1);
            h2 = (BitOperations.RotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
            data = data[16..];
        }

        Span<byte> tail = stackalloc byte[16];
        tail.Clear();
        data.CopyTo(tail);
        if (data.Length > 8)
            h2 ^= Scramble(BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]), C2, 33, C1);
        if (data.Length > 0)
            h1 ^= Scramble(BinaryPrimitives.ReadUInt64LittleEndian(tail), C1, 31, C2);

        h1 ^= length;
        h2 ^= length;
        h1 += h2;
        h2 += h1;
        h1 = Finish(h1);
        h2 = Finish(h2);
        h1 += h2;
        h2 += h1;
        BinaryPrimitives.WriteUInt64LittleEndian(output, h1);
        BinaryPrimitives.WriteUInt64LittleEndian(output[8..], h2);
    }

    private static ulong Scramble(ulong block, ulong first, int rotation, ulong second) =>
        BitOperations.RotateLeft(block * first, rotation) * second;

    private static ulong Finish(ulong value)
    {
        value ^= value >> 33;
        value *= 0xff51afd7ed558ccd;
        value ^= value >> 33;
        value *= 0xc4ceb9fe1a85ec53;
        return value ^ (value >> 33);
    }
}

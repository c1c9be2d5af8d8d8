using System.Buffers.Binary;
using System.Numerics;

namespace TikTok.Local.Cosmos.Storage;

/// <summary>
/// Frames one journal record: 4 bytes length, 4 bytes CRC-32C of the payload, payload (all little-endian). A zero length never
/// occurs, so that a file extended with zeros by a crash ends where the last whole record ends.
/// </summary>
internal static class RecordCodec
{
    public const int HeaderLength = 8;

    /// <summary>Upper bound of a payload: the largest batch (2 MiB) with room for keys; a greater length is a torn header.</summary>
    public const int MaxPayloadLength = 64 * 1024 * 1024;

    public static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Checksum(payload));
    }

    /// <summary>
    /// Reads the record at the start of <paramref name="source"/>. False when it is torn: cut short, of an impossible length, or
    /// with a checksum that does not match.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out ReadOnlySpan<byte> payload, out int consumed)
    {
        payload = default;
        consumed = 0;
        if (source.Length < HeaderLength)
            return false;

        var length = BinaryPrimitives.ReadInt32LittleEndian(source);
        if (length is <= 0 or > MaxPayloadLength || source.Length - HeaderLength < length)
            return false;

        var candidate = source.Slice(HeaderLength, length);
        if (Checksum(candidate) != BinaryPrimitives.ReadUInt32LittleEndian(source[4..]))
            return false;

        payload = candidate;
        consumed = HeaderLength + length;
        return true;
    }

    /// <summary>CRC-32C (Castagnoli) with the usual inversion of the initial and the final value.</summary>
    public static uint Checksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var value in data)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}

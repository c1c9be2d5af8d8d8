using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace TikTok.Local.EventHubs;

/// <summary>
/// The on-disk form of one event, little-endian: <c>u32 length</c> of what follows the 8-byte head, <c>u32 CRC-32C</c> of it,
/// then <c>i64 sequence number</c>, <c>i64 enqueued time</c> (Unix milliseconds), four optional strings (<c>i32</c> byte count,
/// -1 for null), <c>i32</c>-counted properties and the body to the end.
/// </summary>
internal static class EventRecord
{
    /// <summary>Bytes before the checksummed part.</summary>
    public const int HeadSize = 8;

    /// <summary>No record is longer: an event is at most 1 MiB, and the rest of a record is far less than as much again.</summary>
    public const int MaximumSize = 4 * 1024 * 1024;

    private const int FixedSize = 8 + 8 + (4 * 4) + 4;

    /// <summary>The bytes that an event takes in the log.</summary>
    public static int Size(EventContent content) =>
        HeadSize + FixedSize + Count(content.PartitionKey) + Count(content.MessageId) + Count(content.CorrelationId)
        + Count(content.ContentType) + content.PropertiesJson.Length + content.Body.Length;

    /// <summary>Appends the record of an event to a buffer.</summary>
    public static void Write(IBufferWriter<byte> writer, long sequenceNumber, DateTimeOffset enqueuedTime, EventContent content)
    {
        var size = Size(content);
        var record = writer.GetSpan(size)[..size];
        var rest = record[HeadSize..];
        BinaryPrimitives.WriteInt64LittleEndian(rest, sequenceNumber);
        BinaryPrimitives.WriteInt64LittleEndian(rest[8..], enqueuedTime.ToUnixTimeMilliseconds());
        rest = rest[16..];
        rest = WriteString(rest, content.PartitionKey);
        rest = WriteString(rest, content.MessageId);
        rest = WriteString(rest, content.CorrelationId);
        rest = WriteString(rest, content.ContentType);
        BinaryPrimitives.WriteInt32LittleEndian(rest, content.PropertiesJson.Length);
        content.PropertiesJson.Span.CopyTo(rest[4..]);
        rest = rest[(4 + content.PropertiesJson.Length)..];
        content.Body.Span.CopyTo(rest);
        BinaryPrimitives.WriteInt32LittleEndian(record, size - HeadSize);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record[HeadSize..]));
        writer.Advance(size);
    }

    /// <summary>
    /// Reads the size of the whole record that starts here: 0 when the head is not all there, -1 when it cannot be a head.
    /// </summary>
    public static int PeekSize(ReadOnlySpan<byte> data)
    {
        if (data.Length < HeadSize)
        {
            return 0;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(data);
        return length is >= FixedSize and <= MaximumSize - HeadSize ? length + HeadSize : -1;
    }

    /// <summary>Whether a whole record is undamaged; gives its sequence number and time.</summary>
    public static bool TryVerify(ReadOnlySpan<byte> record, out long sequenceNumber, out DateTimeOffset enqueuedTime)
    {
        sequenceNumber = 0;
        enqueuedTime = default;
        if (record.Length < HeadSize || PeekSize(record) != record.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) != Checksum(record[HeadSize..]))
        {
            return false;
        }

        sequenceNumber = BinaryPrimitives.ReadInt64LittleEndian(record[HeadSize..]);
        enqueuedTime = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(record[(HeadSize + 8)..]));
        return true;
    }

    /// <summary>Reads a whole record. The event has its own copy of the bytes.</summary>
    /// <exception cref="InvalidDataException">The record is damaged.</exception>
    public static LoggedEvent Read(ReadOnlySpan<byte> record, long offset)
    {
        if (!TryVerify(record, out var sequenceNumber, out var enqueuedTime))
        {
            throw new InvalidDataException($"The record at offset {offset} fails its checksum.");
        }

        var rest = record[(HeadSize + 16)..];
        var partitionKey = ReadString(ref rest);
        var messageId = ReadString(ref rest);
        var correlationId = ReadString(ref rest);
        var contentType = ReadString(ref rest);
        var properties = rest.Slice(4, BinaryPrimitives.ReadInt32LittleEndian(rest)).ToArray();
        var body = rest[(4 + properties.Length)..].ToArray();
        return new LoggedEvent(sequenceNumber, offset, enqueuedTime,
            new EventContent(body, partitionKey, messageId, correlationId, contentType, properties));
    }

    /// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4).</summary>
    public static uint Checksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        }

        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    private static int Count(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    private static Span<byte> WriteString(Span<byte> target, string? text)
    {
        if (text is null)
        {
            BinaryPrimitives.WriteInt32LittleEndian(target, -1);
            return target[4..];
        }

        var count = Encoding.UTF8.GetBytes(text, target[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(target, count);
        return target[(4 + count)..];
    }

    private static string? ReadString(ref ReadOnlySpan<byte> source)
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(source);
        source = source[4..];
        if (count < 0)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(source[..count]);
        source = source[count..];
        return text;
    }
}

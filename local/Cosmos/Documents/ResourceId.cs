using System.Buffers.Binary;

namespace TikTok.Local.Cosmos.Documents;

/// <summary>
/// The <c>_rid</c> strings that the client takes apart: 4 bytes for a database, 4 more for a container (their first bit set), 8 more
/// for a document or partition key range, in base64 with '-' for '/'. The client orders documents by them.
/// </summary>
internal static class ResourceId
{
    private const byte ContainerBit = 0x80;
    private const byte PartitionKeyRangeType = 0x50;

    public static string Database(int database)
    {
        Span<byte> bytes = stackalloc byte[4];
        WriteDatabase(bytes, database);
        return Encode(bytes);
    }

    public static string Container(int database, int container)
    {
        Span<byte> bytes = stackalloc byte[8];
        WriteContainer(bytes, database, container);
        return Encode(bytes);
    }

    public static string Document(int database, int container, long number)
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteContainer(bytes, database, container);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], number);
        return Encode(bytes);
    }

    public static string PartitionKeyRange(int database, int container)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        WriteContainer(bytes, database, container);
        bytes[8] = 2;
        bytes[15] = PartitionKeyRangeType;
        return Encode(bytes);
    }

    /// <summary>Offers have 3 bytes of their own.</summary>
    public static string Offer(int number) => Encode([(byte)number, (byte)(number >> 8), (byte)(number >> 16)]);

    private static void WriteDatabase(Span<byte> bytes, int database) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)database * 0x9E3779B1);

    private static void WriteContainer(Span<byte> bytes, int database, int container)
    {
        WriteDatabase(bytes, database);
        BinaryPrimitives.WriteInt32BigEndian(bytes[4..], container);
        bytes[4] |= ContainerBit;
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).Replace('/', '-');
}

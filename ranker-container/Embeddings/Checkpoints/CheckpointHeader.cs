using System.Buffers.Binary;
using System.Numerics;

namespace TikTok.Ranker.Embeddings;

/// <summary>Which state of a table a checkpoint leads to.</summary>
/// <param name="Lineage">The snapshot that everything began with.</param>
/// <param name="Sequence">0 for the snapshot, then 1 for each delta.</param>
public sealed record CheckpointPosition(Guid Lineage, long Sequence);

/// <summary>
/// The beginning of a checkpoint. All numbers are little-endian. After it: the ids that lost their row (8 bytes each), then the rows (id 8, day last seen 4, vector
/// and state 4 each), then 32 bytes of SHA-256 over all of it.
/// </summary>
internal sealed record CheckpointHeader(CheckpointPosition Position, int Dimensions, int StateWidth, long Removed, long Rows)
{
    public const int Length = 64;
    public const int ChecksumLength = 32;

    private const uint Version = 1;
    private const int ChecksummedLength = Length - sizeof(uint);

    public bool IsSnapshot => Position.Sequence == 0;

    public int RowLength => sizeof(long) + sizeof(int) + (Width * sizeof(float));

    public int Width => Dimensions + StateWidth;

    /// <summary>Bytes of the whole checkpoint.</summary>
    public long TotalLength => checked(Length + (Removed * sizeof(long)) + (Rows * RowLength) + ChecksumLength);

    private static ReadOnlySpan<byte> Magic => "TTEMBTBL"u8;

    public void WriteTo(Span<byte> bytes)
    {
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], Dimensions);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], StateWidth);
        Position.Lineage.TryWriteBytes(bytes[20..]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[36..], Position.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[44..], Removed);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[52..], Rows);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ChecksummedLength..], Checksum(bytes));
    }

    /// <exception cref="CheckpointException"/>
    public static CheckpointHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(Magic)) throw new CheckpointException(CheckpointFault.NotACheckpoint, "This is no checkpoint of an embedding table.");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksummedLength..]) != Checksum(bytes))
            throw new CheckpointException(CheckpointFault.Corrupt, "The checkpoint's header is not what was written.");
        if (version != Version)
            throw new CheckpointException(CheckpointFault.UnsupportedVersion, $"The checkpoint has version {version}; this program reads {Version}.");
        return new CheckpointHeader(
            new CheckpointPosition(new Guid(bytes.Slice(20, 16)), BinaryPrimitives.ReadInt64LittleEndian(bytes[36..])),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[44..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[52..]));
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (var i = 0; i < ChecksummedLength; i += sizeof(uint)) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..]));
        return ~crc;
    }
}

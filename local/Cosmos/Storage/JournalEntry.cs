using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace TikTok.Local.Cosmos.Storage;

/// <summary>One change of one document. <see cref="Body"/> is null for a delete.</summary>
internal sealed record DocumentChange(long Version, long Number, string PartitionKey, string Id, int? TimeToLive, byte[]? Body);

/// <summary>What one journal record says. A transactional batch is one entry, so recovery sees all of it or nothing.</summary>
internal abstract record JournalEntry
{
    /// <summary>Documents of one container changed together, at one log sequence number and one time (milliseconds since 1970).</summary>
    public sealed record Documents(int Container, long Lsn, long WrittenAt, IReadOnlyList<DocumentChange> Changes) : JournalEntry;

    /// <summary>A database, container or offer changed; <see cref="Json"/> is a <see cref="ResourceChange"/>.</summary>
    public sealed record Resource(byte[] Json) : JournalEntry;

    /// <summary>Counters of a container at the time of a snapshot: numbers already given out are never given again.</summary>
    public sealed record Counters(int Container, long Lsn, long Version, long Number) : JournalEntry;

    private const int NoTimeToLive = int.MinValue;
    private const byte DocumentsKind = 1;
    private const byte ResourceKind = 2;
    private const byte CountersKind = 3;

    public void Encode(IBufferWriter<byte> output)
    {
        switch (this)
        {
            case Documents documents:
                WriteByte(output, DocumentsKind);
                WriteInt32(output, documents.Container);
                WriteInt64(output, documents.Lsn);
                WriteInt64(output, documents.WrittenAt);
                WriteInt32(output, documents.Changes.Count);
                foreach (var change in documents.Changes)
                {
                    WriteInt64(output, change.Version);
                    WriteInt64(output, change.Number);
                    WriteText(output, change.PartitionKey);
                    WriteText(output, change.Id);
                    WriteInt32(output, change.TimeToLive ?? NoTimeToLive);
                    WriteInt32(output, change.Body?.Length ?? -1);
                    output.Write(change.Body);
                }

                break;
            case Resource resource:
                WriteByte(output, ResourceKind);
                output.Write(resource.Json);
                break;
            case Counters counters:
                WriteByte(output, CountersKind);
                WriteInt32(output, counters.Container);
                WriteInt64(output, counters.Lsn);
                WriteInt64(output, counters.Version);
                WriteInt64(output, counters.Number);
                break;
            default:
                throw new InvalidOperationException($"No encoding for {GetType().Name}.");
        }
    }

    /// <exception cref="InvalidDataException">The payload passed its checksum and is still not an entry: another version wrote it.</exception>
    public static JournalEntry Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new Reader(payload);
        var kind = reader.Byte();
        switch (kind)
        {
            case DocumentsKind:
                var container = reader.Int32();
                var lsn = reader.Int64();
                var writtenAt = reader.Int64();
                var changes = new DocumentChange[reader.Int32()];
                for (var i = 0; i < changes.Length; i++)
                {
                    changes[i] = new DocumentChange(reader.Int64(), reader.Int64(), reader.Text(), reader.Text(), reader.TimeToLive(), reader.Bytes());
                }

                return new Documents(container, lsn, writtenAt, changes);
            case ResourceKind:
                return new Resource(reader.Rest());
            case CountersKind:
                return new Counters(reader.Int32(), reader.Int64(), reader.Int64(), reader.Int64());
            default:
                throw new InvalidDataException($"Journal entry of unknown kind {kind}.");
        }
    }

    private static void WriteByte(IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static void WriteInt32(IBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), value);
        output.Advance(sizeof(int));
    }

    private static void WriteInt64(IBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), value);
        output.Advance(sizeof(long));
    }

    private static void WriteText(IBufferWriter<byte> output, string value)
    {
        WriteInt32(output, Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, output);
    }

    private ref struct Reader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public byte Byte() => Take(1)[0];

        public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

        public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

        public string Text() => Encoding.UTF8.GetString(Take(Int32()));

        public int? TimeToLive() => Int32() is var seconds and not NoTimeToLive ? seconds : null;

        public byte[]? Bytes()
        {
            var length = Int32();
            return length < 0 ? null : Take(length).ToArray();
        }

        public readonly byte[] Rest() => _rest.ToArray();

        private ReadOnlySpan<byte> Take(int length)
        {
            if (length < 0 || length > _rest.Length)
                throw new InvalidDataException("Journal entry ends before its last field.");

            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TikTok.Ranker.Embeddings;

/// <summary>Brings checkpoints into a table. Each is read twice: first all of it is checked, then it is applied, so that a bad one leaves the table as it was.</summary>
public static class CheckpointReader
{
    private const int BufferLength = 1 << 20;

    /// <summary>As many as there is cache for.</summary>
    private const int RecordsAtOnce = 32;

    extension(EmbeddingWriter writer)
    {
        /// <summary>Takes the rows of a snapshot into an empty table.</summary>
        /// <param name="stream">Can seek; from its current position to its end.</param>
        /// <exception cref="CheckpointException">And nothing is in the table.</exception>
        public void ReadSnapshot(Stream stream)
        {
            if (writer.Table.Size().Rows > 0) throw new InvalidOperationException("A snapshot is read into an empty table.");
            var start = stream.Position;
            var header = Verified(writer, stream);
            if (!header.IsSnapshot) throw new CheckpointException(CheckpointFault.OutOfOrder, "This is a delta, and there is no snapshot before it.");
            writer.Table.Reserve((int)Math.Min(header.Rows, EmbeddingTable.MaxRows));
            Apply(writer, stream, start, header);
        }

        /// <summary>
        /// Takes the rows of a snapshot into a table that has some, and removes what the snapshot has not. Lookups go on meanwhile, and see its rows one by one.
        /// </summary>
        /// <param name="stream">Can seek; from its current position to its end.</param>
        /// <exception cref="CheckpointException">And the table is as it was.</exception>
        public void ReplaceBySnapshot(Stream stream) => ReplaceBySnapshot(writer, stream, stream.Position, Verified(writer, stream));

        /// <summary>The same of a stream that the caller knows to be what was written: it is read once.</summary>
        public void ReplaceByVerifiedSnapshot(Stream stream) => ReplaceBySnapshot(writer, stream, stream.Position, ReadHeader(writer, stream));

        /// <summary>Applies the delta that follows what the table came from. Lookups go on meanwhile, and see its rows one by one.</summary>
        /// <param name="stream">Can seek; from its current position to its end.</param>
        /// <exception cref="CheckpointException">And the table is as it was.</exception>
        public void ReadDelta(Stream stream)
        {
            var start = stream.Position;
            var header = Verified(writer, stream);
            if (writer.Position is not { } before || header.Position.Lineage != before.Lineage)
                throw new CheckpointException(CheckpointFault.OtherLineage, "The delta belongs to another snapshot.");
            if (header.Position.Sequence != before.Sequence + 1)
                throw new CheckpointException(CheckpointFault.OutOfOrder, $"Delta {header.Position.Sequence} cannot follow {before.Sequence}.");
            Apply(writer, stream, start, header);
        }
    }

    private static void ReplaceBySnapshot(EmbeddingWriter writer, Stream stream, long start, CheckpointHeader header)
    {
        if (!header.IsSnapshot) throw new CheckpointException(CheckpointFault.OutOfOrder, "This is a delta, and not a snapshot.");
        writer.Table.Reserve((int)Math.Min(header.Rows, EmbeddingTable.MaxRows));
        if (writer.Table.Size().Rows == 0)
        {
            Apply(writer, stream, start, header);
            return;
        }
        HashSet<long> kept = new((int)Math.Min(header.Rows, EmbeddingTable.MaxRows));
        Apply(writer, stream, start, header, kept);
        foreach (var id in writer.Ids().Where(id => !kept.Contains(id)).ToList()) writer.Remove(id);
        writer.Removed.Clear();
    }

    /// <summary>The header of a checkpoint that fits the table and has the length it should have.</summary>
    private static CheckpointHeader ReadHeader(EmbeddingWriter writer, Stream stream)
    {
        Span<byte> bytes = stackalloc byte[CheckpointHeader.Length];
        var left = stream.Length - stream.Position;
        if (left < CheckpointHeader.Length + CheckpointHeader.ChecksumLength)
            throw new CheckpointException(CheckpointFault.WrongLength, $"{left} bytes are no checkpoint.");
        stream.ReadExactly(bytes);
        var header = CheckpointHeader.Read(bytes);
        if (header.Dimensions != writer.Options.Dimensions || header.StateWidth != writer.Options.StateWidth)
        {
            throw new CheckpointException(CheckpointFault.OtherShape,
                $"The checkpoint has rows of {header.Dimensions} + {header.StateWidth} floats, the table of {writer.Options.Dimensions} + {writer.Options.StateWidth}.");
        }
        if (header.TotalLength != left)
            throw new CheckpointException(CheckpointFault.WrongLength, $"The checkpoint has {left} bytes instead of {header.TotalLength}.");
        return header;
    }

    private static CheckpointHeader Verified(EmbeddingWriter writer, Stream stream)
    {
        var start = stream.Position;
        var header = ReadHeader(writer, stream);
        stream.Position = start;
        var buffer = new byte[BufferLength];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var left = header.TotalLength - CheckpointHeader.ChecksumLength;
        while (left > 0)
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(0, (int)Math.Min(left, buffer.Length)), 1);
            hash.AppendData(buffer, 0, read);
            left -= read;
        }
        stream.ReadExactly(buffer, 0, CheckpointHeader.ChecksumLength);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(buffer.AsSpan(0, CheckpointHeader.ChecksumLength)))
            throw new CheckpointException(CheckpointFault.Corrupt, "The checkpoint is not what was written.");
        return header;
    }

    private static void Apply(EmbeddingWriter writer, Stream stream, long start, CheckpointHeader header, HashSet<long>? taken = null)
    {
        stream.Position = start + CheckpointHeader.Length;
        var input = new BufferedStream(stream, BufferLength);

        // Removals first: an id that lost its row and got a new one is among both.
        Span<byte> id = stackalloc byte[sizeof(long)];
        for (var i = 0L; i < header.Removed; i++)
        {
            input.ReadExactly(id);
            writer.Remove(BinaryPrimitives.ReadInt64LittleEndian(id));
        }

        var records = new byte[RecordsAtOnce * header.RowLength];
        var values = new float[header.Width];
        for (var i = 0L; i < header.Rows; i += RecordsAtOnce)
        {
            var read = records.AsSpan(0, (int)Math.Min(RecordsAtOnce, header.Rows - i) * header.RowLength);
            input.ReadExactly(read);

            // Ids lie all over the index: its memory is on the way for all of them before the first is needed.
            for (var at = 0; at < read.Length; at += header.RowLength) writer.Prefetch(BinaryPrimitives.ReadInt64LittleEndian(read[at..]));
            for (var at = 0; at < read.Length; at += header.RowLength) Apply(writer, read.Slice(at, header.RowLength), values, taken);
        }
        writer.Removed.Clear();
        writer.Position = header.Position;
    }

    private static void Apply(EmbeddingWriter writer, ReadOnlySpan<byte> record, float[] values, HashSet<long>? taken)
    {
        var id = BinaryPrimitives.ReadInt64LittleEndian(record);
        var period = writer.PeriodOf(BinaryPrimitives.ReadInt32LittleEndian(record[sizeof(long)..]));
        if (period < 0)
        {
            // It expired while it lay there.
            writer.Remove(id);
            return;
        }
        ReadFloats(record[(sizeof(long) + sizeof(int))..], values);
        taken?.Add(id);
        writer.Put(id, values, period, changed: false);
    }

    private static void ReadFloats(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        if (BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(values));
        else for (var i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
    }
}

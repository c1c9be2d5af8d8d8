using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TikTok.Ranker.Embeddings;

/// <summary>Writes a table, or what changed in it since the last checkpoint. Part of the writer's work: lookups go on, other changes wait.</summary>
public static unsafe class CheckpointWriter
{
    private const int BufferLength = 1 << 20;

    extension(EmbeddingWriter writer)
    {
        /// <summary>Whether there is a checkpoint that a delta can follow.</summary>
        public bool CanWriteDelta => writer.Position is not null;

        /// <summary>Writes all rows, and begins a lineage.</summary>
        /// <param name="lineage">Its name: a new one each time.</param>
        /// <param name="commit">Makes what was written last, for example renames the file. Only then the changes count as saved.</param>
        public void WriteSnapshot(Stream stream, Guid lineage, Action commit) => Write(writer, stream, new CheckpointPosition(lineage, 0), commit);

        /// <summary>Writes the rows changed and the ids removed since the checkpoint before.</summary>
        /// <exception cref="InvalidOperationException">There is none before it.</exception>
        public void WriteDelta(Stream stream, Action commit)
        {
            var before = writer.Position ?? throw new InvalidOperationException("A delta follows a snapshot, and there is none.");
            Write(writer, stream, before with { Sequence = before.Sequence + 1 }, commit);
        }

        /// <summary>Rows that the next checkpoint would have and that must not get out: something of them is no number, or their vector is longer than any should be.</summary>
        /// <param name="longest">Of a vector.</param>
        public int CountSpoilt(float longest)
        {
            var count = 0;
            var isSnapshot = writer.Position is null;
            foreach (var shard in writer.Table.Shards)
            {
                foreach (ref readonly var bucket in shard.Buckets)
                {
                    for (var slot = 0; slot < Bucket.Slots; slot++)
                    {
                        if (!IsPart(writer, bucket.Places[slot], isSnapshot)) continue;
                        var row = writer.Table.Rows.Master(Place.Row(bucket.Places[slot]));
                        var length = TensorPrimitives.Norm<float>(row[..writer.Options.Dimensions]);
                        if (!(length <= longest) || !float.IsFinite(TensorPrimitives.Sum<float>(row[writer.Options.Dimensions..]))) count++;
                    }
                }
            }
            return count;
        }

        /// <summary>Writes all rows as a snapshot that no delta follows: what is collected for the next delta stays collected.</summary>
        public void WriteCopy(Stream stream) => Write(writer, stream, new CheckpointPosition(Guid.Empty, 0));
    }

    private static void Write(EmbeddingWriter writer, Stream stream, CheckpointPosition position, Action commit)
    {
        Write(writer, stream, position);
        commit();
        writer.ForgetChanges();
        writer.Position = position;
    }

    private static void Write(EmbeddingWriter writer, Stream stream, CheckpointPosition position)
    {
        var snapshot = position.Sequence == 0;
        var removed = snapshot ? [] : CollectionsMarshal.AsSpan(writer.Removed);
        var header = new CheckpointHeader(position, writer.Options.Dimensions, writer.Options.StateWidth, removed.Length, Count(writer, snapshot));
        using var output = new Output(stream);
        header.WriteTo(output.Next(CheckpointHeader.Length));
        foreach (var id in removed) BinaryPrimitives.WriteInt64LittleEndian(output.Next(sizeof(long)), id);

        foreach (var shard in writer.Table.Shards)
        {
            foreach (ref readonly var bucket in shard.Buckets)
            {
                for (var slot = 0; slot < Bucket.Slots; slot++)
                {
                    if (!IsPart(writer, bucket.Places[slot], snapshot)) continue;
                    var record = output.Next(header.RowLength);
                    BinaryPrimitives.WriteInt64LittleEndian(record, bucket.Ids[slot]);
                    BinaryPrimitives.WriteInt32LittleEndian(record[8..], writer.DayOf(bucket.Places[slot]));
                    WriteFloats(writer.Table.Rows.Master(Place.Row(bucket.Places[slot])), record[12..]);
                }
            }
        }
        output.Complete();
    }

    private static long Count(EmbeddingWriter writer, bool snapshot)
    {
        var count = 0L;
        foreach (var shard in writer.Table.Shards)
        {
            if (snapshot)
            {
                count += shard.Rows;
                continue;
            }
            foreach (ref readonly var bucket in shard.Buckets)
            {
                for (var slot = 0; slot < Bucket.Slots; slot++)
                {
                    if (IsPart(writer, bucket.Places[slot], snapshot: false)) count++;
                }
            }
        }
        return count;
    }

    private static bool IsPart(EmbeddingWriter writer, uint place, bool snapshot) => place != 0 && (snapshot || writer.IsChanged(Place.Row(place)));

    private static void WriteFloats(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(values).CopyTo(bytes);
        else for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes[(i * sizeof(float))..], values[i]);
    }

    /// <summary>A stream in large pieces, and the checksum of all of it at its end.</summary>
    private sealed class Output(Stream stream) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _buffer = new byte[BufferLength];
        private int _length;

        /// <summary>Where the next bytes go; until the next call.</summary>
        public Span<byte> Next(int length)
        {
            if (_length + length > _buffer.Length) Flush();
            _length += length;
            return _buffer.AsSpan(_length - length, length);
        }

        public void Complete()
        {
            Flush();
            stream.Write(_hash.GetHashAndReset());
            stream.Flush();
        }

        public void Dispose() => _hash.Dispose();

        private void Flush()
        {
            var written = _buffer.AsSpan(0, _length);
            _hash.AppendData(written);
            stream.Write(written);
            _length = 0;
        }
    }
}

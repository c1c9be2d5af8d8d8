using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace TikTok.Local.EventHubs;

/// <summary>
/// One append-only file of a partition, named by its first sequence number. A 40-byte head (magic, first sequence number, base
/// offset, creation time in Unix milliseconds, CRC-32C) is followed by records. Only <see cref="PartitionLog"/>'s writer appends;
/// any number of readers may read what is committed.
/// </summary>
internal sealed class LogSegment
{
    private const ulong Magic = 0x31474553_48455454;
    private const int HeadSize = 40;
    private const int IndexInterval = 16 * 1024;
    private const int ReadSize = 128 * 1024;

    private readonly SafeFileHandle _file;
    private readonly Lock _gate = new();
    private readonly List<(long Sequence, long Position)> _index = [];
    private bool _scanned;
    private long _length;

    private LogSegment(string path, SafeFileHandle file, long firstSequence, long baseOffset, DateTimeOffset createdAt)
    {
        Path = path;
        _file = file;
        FirstSequence = firstSequence;
        BaseOffset = baseOffset;
        LastOffset = baseOffset;
        CreatedAt = createdAt;
        NextSequence = firstSequence;
        _length = HeadSize;
        LastEnqueuedTime = createdAt;
    }

    public string Path { get; }

    public long FirstSequence { get; }

    public long BaseOffset { get; }

    public DateTimeOffset CreatedAt { get; }

    /// <summary>The number that the next event would get. For a sealed segment: the first of the segment after it.</summary>
    public long NextSequence { get; private set; }

    /// <summary>The time of the last event, or of creation while there is none.</summary>
    public DateTimeOffset LastEnqueuedTime { get; private set; }

    /// <summary>Bytes of the file that are committed.</summary>
    public long Length => Volatile.Read(ref _length);

    public long NextOffset => BaseOffset + Length - HeadSize;

    /// <summary>The offset of the last event, or the base offset while there is none.</summary>
    public long LastOffset { get; private set; }

    public bool IsEmpty => NextSequence == FirstSequence;

    /// <summary>Creates an empty segment; its head is on disk before this returns.</summary>
    public static LogSegment Create(string directory, long firstSequence, long baseOffset, DateTimeOffset createdAt)
    {
        var path = System.IO.Path.Combine(directory, firstSequence.ToString("D20", CultureInfo.InvariantCulture) + ".seg");
        Span<byte> head = stackalloc byte[HeadSize];
        head.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(head, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], firstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], baseOffset);
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], createdAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt32LittleEndian(head[32..], EventRecord.Checksum(head[..32]));
        var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        RandomAccess.Write(file, head, 0);
        RandomAccess.FlushToDisk(file);
        return new LogSegment(path, file, firstSequence, baseOffset, createdAt) { _scanned = true };
    }

    /// <summary>Opens a segment; null when its head was never completed, so that it cannot hold an acknowledged event.</summary>
    public static LogSegment? Open(string path)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        Span<byte> head = stackalloc byte[HeadSize];
        if (RandomAccess.Read(file, head, 0) < HeadSize
            || BinaryPrimitives.ReadUInt64LittleEndian(head) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(head[32..]) != EventRecord.Checksum(head[..32]))
        {
            file.Dispose();
            return null;
        }

        return new LogSegment(path, file,
            BinaryPrimitives.ReadInt64LittleEndian(head[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[16..]),
            DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(head[24..])));
    }

    /// <summary>Marks a segment that has a successor: it is complete, and is read only when someone asks for it.</summary>
    public void Seal(LogSegment successor)
    {
        NextSequence = successor.FirstSequence;
        LastEnqueuedTime = successor.CreatedAt;
        Volatile.Write(ref _length, HeadSize + successor.BaseOffset - BaseOffset);
    }

    /// <summary>Reads the last segment through after a start, and cuts off what a crash left unfinished.</summary>
    public void Recover()
    {
        var fileLength = RandomAccess.GetLength(_file);
        var end = Scan(fileLength, out var next, out var time, out var lastPosition);
        NextSequence = next;
        LastEnqueuedTime = time ?? CreatedAt;
        LastOffset = BaseOffset + lastPosition - HeadSize;
        if (end < fileLength)
        {
            RandomAccess.SetLength(_file, end);
            RandomAccess.FlushToDisk(_file);
        }

        Volatile.Write(ref _length, end);
    }

    /// <summary>Writes whole records and returns when they are on disk. Nothing of them is visible if this throws.</summary>
    public void Append(ReadOnlyMemory<byte> records, IReadOnlyList<int> sizes, DateTimeOffset lastEnqueuedTime)
    {
        var position = Length;
        try
        {
            RandomAccess.Write(_file, records.Span, position);
            RandomAccess.FlushToDisk(_file);
        }
        catch (IOException)
        {
            RandomAccess.SetLength(_file, position);
            throw;
        }

        lock (_gate)
        {
            foreach (var size in sizes)
            {
                Note(NextSequence, position);
                NextSequence++;
                LastOffset = BaseOffset + position - HeadSize;
                position += size;
            }
        }

        LastEnqueuedTime = lastEnqueuedTime;
        Volatile.Write(ref _length, position);
    }

    /// <summary>
    /// Reads committed events from a sequence number on, until <paramref name="maxCount"/> or, after the first event,
    /// <paramref name="maxBytes"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">A record is damaged.</exception>
    public void Read(long fromSequence, int maxCount, int maxBytes, List<LoggedEvent> into)
    {
        var length = Length;
        if (!_scanned)
        {
            Scan(length, out _, out _, out _);
        }

        var position = Locate(fromSequence);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            var bytes = 0;
            var (start, filled) = (0, 0);
            while (into.Count < maxCount)
            {
                var available = buffer.AsSpan(start, filled - start);
                var size = EventRecord.PeekSize(available);
                if (size < 0)
                {
                    throw new InvalidDataException($"{Path} is damaged at byte {position}.");
                }

                if (size == 0 || size > available.Length)
                {
                    if (position + available.Length >= length)
                    {
                        return;
                    }

                    (buffer, start, filled) = Refill(buffer, start, filled, size, position, length);
                    continue;
                }

                var offset = BaseOffset + position - HeadSize;
                if (BinaryPrimitives.ReadInt64LittleEndian(available[EventRecord.HeadSize..]) >= fromSequence)
                {
                    if (bytes > 0 && bytes + size > maxBytes)
                    {
                        return;
                    }

                    bytes += size;
                    into.Add(EventRecord.Read(available[..size], offset));
                }

                start += size;
                position += size;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Removes the file. Readers that are still at it keep the open handle; the finalizer closes it after the last.</summary>
    public void Delete() => File.Delete(Path);

    /// <summary>Closes the file when the partition closes.</summary>
    public void Close() => _file.Dispose();

    private (byte[] Buffer, int Start, int Filled) Refill(byte[] buffer, int start, int filled, int recordSize, long position, long length)
    {
        var kept = filled - start;
        var target = buffer;
        if (recordSize > buffer.Length)
        {
            target = ArrayPool<byte>.Shared.Rent(recordSize);
        }

        buffer.AsSpan(start, kept).CopyTo(target);
        if (!ReferenceEquals(target, buffer))
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var want = (int)Math.Min(target.Length - kept, length - position - kept);
        var read = RandomAccess.Read(_file, target.AsSpan(kept, want), position + kept);
        return read > 0
            ? (target, 0, kept + read)
            : throw new InvalidDataException($"{Path} ends before byte {length}.");
    }

    private long Scan(long fileLength, out long next, out DateTimeOffset? lastTime, out long lastPosition)
    {
        next = FirstSequence;
        lastPosition = HeadSize;
        lastTime = null;
        var position = (long)HeadSize;
        var buffer = ArrayPool<byte>.Shared.Rent(EventRecord.MaximumSize);
        try
        {
            var entries = new List<(long, long)>();
            var (start, filled) = (0, 0);
            while (true)
            {
                var available = buffer.AsSpan(start, filled - start);
                var size = EventRecord.PeekSize(available);
                if (size < 0 || (size > 0 && size <= available.Length
                    && (!EventRecord.TryVerify(available[..size], out var sequence, out var time) || sequence != next)))
                {
                    break;
                }

                if (size == 0 || size > available.Length)
                {
                    if (position + available.Length >= fileLength)
                    {
                        break;
                    }

                    (buffer, start, filled) = Refill(buffer, start, filled, size, position, fileLength);
                    continue;
                }

                EventRecord.TryVerify(available[..size], out _, out var enqueuedTime);
                entries.Add((next, position));
                lastTime = enqueuedTime;
                lastPosition = position;
                next++;
                start += size;
                position += size;
            }

            lock (_gate)
            {
                if (!_scanned)
                {
                    foreach (var (sequence, at) in entries)
                    {
                        Note(sequence, at);
                    }

                    _scanned = true;
                }
            }

            return position;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Every record would be too many to keep: one in each stretch of the file is enough to start reading near the wanted one.
    private void Note(long sequence, long position)
    {
        if (_index.Count == 0 || position - _index[^1].Position >= IndexInterval)
        {
            _index.Add((sequence, position));
        }
    }

    private long Locate(long sequence)
    {
        lock (_gate)
        {
            var (low, high) = (0, _index.Count - 1);
            while (low <= high)
            {
                var middle = (low + high) / 2;
                if (_index[middle].Sequence <= sequence)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle - 1;
                }
            }

            return high < 0 ? HeadSize : _index[high].Position;
        }
    }
}

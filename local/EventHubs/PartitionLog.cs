using System.Buffers;
using System.Globalization;
using System.Threading.Channels;

namespace TikTok.Local.EventHubs;

/// <summary>How a partition keeps its events.</summary>
/// <param name="SegmentBytes">A segment that has grown past this is followed by a new one.</param>
/// <param name="RetentionTime">Segments whose last event is older are removed.</param>
/// <param name="RetentionBytes">The oldest segments are removed while the partition holds more; 0 keeps all.</param>
internal sealed record PartitionLogOptions(long SegmentBytes, TimeSpan RetentionTime, long RetentionBytes);

/// <summary>What a partition holds now. The last values are those of an event that may already have been removed.</summary>
internal sealed record PartitionState(
    long BeginningSequenceNumber, long LastSequenceNumber, long LastOffset, DateTimeOffset LastEnqueuedTime, bool IsEmpty);

/// <summary>
/// One partition: a durable, ordered log. One writer takes everything that waits, writes it with one flush to disk, and only then
/// acknowledges it and wakes the readers (group commit), so that the price of a flush is shared under load. A reader that has
/// reached the end costs nothing until the next append.
/// </summary>
internal sealed class PartitionLog : IAsyncDisposable
{
    private const int GroupBytes = 4 * 1024 * 1024;

    private readonly string _directory;
    private readonly PartitionLogOptions _options;
    private readonly TimeProvider _time;
    private readonly Channel<Append> _appends = Channel.CreateBounded<Append>(new BoundedChannelOptions(1024) { SingleReader = true });
    private readonly SemaphoreSlim _shape = new(1, 1);
    private readonly Task _writer;
    private volatile LogSegment[] _segments;
    private volatile TaskCompletionSource _appended = NewSignal();

    private PartitionLog(string directory, PartitionLogOptions options, TimeProvider time, LogSegment[] segments)
    {
        (_directory, _options, _time, _segments) = (directory, options, time, segments);
        _writer = Task.Run(WriteAsync);
    }

    public PartitionState State
    {
        get
        {
            var segments = _segments;
            var last = segments[^1];
            return new PartitionState(segments[0].FirstSequence, last.NextSequence - 1, last.LastOffset,
                last.LastEnqueuedTime, segments[0].FirstSequence == last.NextSequence);
        }
    }

    /// <summary>Opens or creates the log in a directory; what a crash left unfinished at its end is cut off.</summary>
    public static PartitionLog Open(string directory, PartitionLogOptions options, TimeProvider time)
    {
        Directory.CreateDirectory(directory);
        var segments = new List<LogSegment>();
        var paths = Directory.GetFiles(directory, "*.seg").Order(StringComparer.Ordinal).ToArray();
        foreach (var path in paths)
        {
            if (LogSegment.Open(path) is { } segment)
            {
                segments.Add(segment);
            }
            else if (path == paths[^1])
            {
                File.Delete(path);
            }
            else
            {
                throw new InvalidDataException($"{path} has a damaged head.");
            }
        }

        for (var i = 0; i + 1 < segments.Count; i++)
        {
            segments[i].Seal(segments[i + 1]);
        }

        if (segments.Count == 0)
        {
            segments.Add(LogSegment.Create(directory, 0, 0, time.GetUtcNow()));
        }
        else
        {
            segments[^1].Recover();
        }

        return new PartitionLog(directory, options, time, [.. segments]);
    }

    /// <summary>Appends events together, in their order, and returns the first one's number once all are on disk.</summary>
    /// <exception cref="IOException">The disk refused; nothing was appended.</exception>
    public async Task<long> AppendAsync(IReadOnlyList<EventContent> events, CancellationToken cancellationToken)
    {
        var append = new Append(events);
        await _appends.Writer.WriteAsync(append, cancellationToken);
        return await append.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Reads events from a sequence number on (or from the oldest, when that one is gone). Where there are none it waits for an
    /// append, at most <paramref name="maxWait"/>, and answers with an empty list.
    /// </summary>
    public async Task<IReadOnlyList<LoggedEvent>> ReadAsync(
        long fromSequence, int maxCount, int maxBytes, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        var deadline = _time.GetTimestamp();
        while (true)
        {
            var signal = _appended.Task;
            var events = Read(fromSequence, maxCount, maxBytes);
            var left = maxWait - _time.GetElapsedTime(deadline);
            if (events.Count > 0 || left <= TimeSpan.Zero)
            {
                return events;
            }

            try
            {
                await signal.WaitAsync(left, _time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return events;
            }
        }
    }

    /// <summary>Removes whole segments that are past retention. Sequence numbers and offsets go on.</summary>
    public async Task ApplyRetentionAsync(CancellationToken cancellationToken)
    {
        await _shape.WaitAsync(cancellationToken);
        try
        {
            var oldest = _time.GetUtcNow() - _options.RetentionTime;
            if (!_segments[^1].IsEmpty && _segments[^1].LastEnqueuedTime < oldest)
            {
                Roll();
            }

            var segments = _segments.ToList();
            var bytes = segments.Sum(s => s.Length);
            while (segments.Count > 1
                && (segments[0].LastEnqueuedTime < oldest || (_options.RetentionBytes > 0 && bytes > _options.RetentionBytes)))
            {
                bytes -= segments[0].Length;
                var expired = segments[0];
                segments.RemoveAt(0);
                _segments = [.. segments];
                expired.Delete();
            }
        }
        finally
        {
            _shape.Release();
        }
    }

    /// <summary>Finishes what was accepted and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        _appends.Writer.TryComplete();
        await _writer;
        foreach (var segment in _segments)
        {
            segment.Close();
        }

        _shape.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private List<LoggedEvent> Read(long fromSequence, int maxCount, int maxBytes)
    {
        var events = new List<LoggedEvent>();
        var next = fromSequence;
        foreach (var segment in _segments)
        {
            if (segment.NextSequence <= next || events.Count >= maxCount)
            {
                continue;
            }

            var before = events.Count;
            segment.Read(next, maxCount, maxBytes, events);
            if (before > 0 || events.Count == before || events[^1].SequenceNumber + 1 < segment.NextSequence)
            {
                break;
            }

            next = events[^1].SequenceNumber + 1;
        }

        return events;
    }

    private async Task WriteAsync()
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        var group = new List<Append>();
        while (await _appends.Reader.WaitToReadAsync())
        {
            group.Clear();
            var size = 0;
            while (size < GroupBytes && _appends.Reader.TryRead(out var append))
            {
                group.Add(append);
                size += append.Events.Sum(EventRecord.Size);
            }

            await _shape.WaitAsync();
            try
            {
                Commit(group, buffer);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                group.ForEach(append => append.Done.TrySetException(new IOException(failure.Message, failure)));
            }
            finally
            {
                _shape.Release();
                if (buffer.Capacity > GroupBytes)
                {
                    buffer = new ArrayBufferWriter<byte>(64 * 1024);
                }
            }
        }
    }

    private void Commit(List<Append> group, ArrayBufferWriter<byte> buffer)
    {
        if (_segments[^1].Length >= _options.SegmentBytes)
        {
            Roll();
        }

        var segment = _segments[^1];
        var now = NotBefore(segment.LastEnqueuedTime);
        var sizes = new List<int>();
        var next = segment.NextSequence;
        buffer.ResetWrittenCount();
        foreach (var content in group.SelectMany(append => append.Events))
        {
            var before = buffer.WrittenCount;
            EventRecord.Write(buffer, next++, now, content);
            sizes.Add(buffer.WrittenCount - before);
        }

        var first = segment.NextSequence;
        segment.Append(buffer.WrittenMemory, sizes, now);
        Interlocked.Exchange(ref _appended, NewSignal()).TrySetResult();
        foreach (var append in group)
        {
            append.Done.TrySetResult(first);
            first += append.Events.Count;
        }
    }

    private void Roll()
    {
        var last = _segments[^1];
        var next = LogSegment.Create(_directory, last.NextSequence, last.NextOffset, NotBefore(last.LastEnqueuedTime));
        _segments = [.. _segments, next];
    }

    // Whole milliseconds, as they are stored; and a clock that is set back does not turn a partition's times around.
    private DateTimeOffset NotBefore(DateTimeOffset last)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
        return now > last ? now : last;
    }

    private sealed record Append(IReadOnlyList<EventContent> Events)
    {
        public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

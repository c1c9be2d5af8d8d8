using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace TikTok.Local.Cosmos.Storage;

/// <summary>
/// Append-only file with group commit: writers append to a buffer in memory and wait; one thread writes and flushes to disk
/// whatever has gathered since its last flush, so one fsync answers every writer that was waiting. Positions count records'
/// bytes over the life of the process, across segments.
/// </summary>
internal sealed class Journal : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly Thread _flusher;
    private ArrayBufferWriter<byte> _pending = new(64 * 1024);
    private ArrayBufferWriter<byte> _flushing = new(64 * 1024);
    private readonly ArrayBufferWriter<byte> _scratch = new(4 * 1024);
    private TaskCompletionSource _generation = NewGeneration();
    private TaskCompletionSource _flushingGeneration = NewGeneration();
    private SafeFileHandle _file;
    private SafeFileHandle? _nextFile;
    private long _fileLength;
    private long _switchPosition;
    private long _appended;
    private long _inFlight;
    private long _durable;
    private bool _signalled;
    private bool _closing;
    private Exception? _failure;

    public Journal(string path, long length)
    {
        _file = Open(path);
        _fileLength = length;
        _flusher = new Thread(FlushLoop) { IsBackground = true, Name = "cosmos-journal" };
        _flusher.Start();
    }

    /// <summary>Bytes appended by this process so far.</summary>
    public long Position => Volatile.Read(ref _appended);

    /// <summary>How many times the disk was flushed: with group commit fewer than the records written.</summary>
    public long Flushes { get; private set; }

    /// <summary>Appends one record and returns the position at which it is complete; see <see cref="WhenDurableAsync"/>.</summary>
    public long Append(JournalEntry entry)
    {
        lock (_gate)
        {
            if (_failure is not null)
                throw new IOException("The journal cannot be written any more.", _failure);

            _scratch.ResetWrittenCount();
            entry.Encode(_scratch);
            RecordCodec.WriteHeader(_pending.GetSpan(RecordCodec.HeaderLength), _scratch.WrittenSpan);
            _pending.Advance(RecordCodec.HeaderLength);
            _pending.Write(_scratch.WrittenSpan);
            _appended += RecordCodec.HeaderLength + _scratch.WrittenCount;
            Signal();
            return _appended;
        }
    }

    /// <summary>Completes when everything up to <paramref name="position"/> is on disk.</summary>
    public ValueTask WhenDurableAsync(long position)
    {
        if (position <= Volatile.Read(ref _durable))
            return ValueTask.CompletedTask;

        return AwaitAsync(position);

        async ValueTask AwaitAsync(long target)
        {
            while (true)
            {
                Task generation;
                lock (_gate)
                {
                    if (target <= _durable)
                        return;
                    if (_failure is not null)
                        throw new IOException("The journal cannot be written any more.", _failure);
                    generation = target <= _inFlight ? _flushingGeneration.Task : _generation.Task;
                }

                await generation.ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends every later record to a new file; completes when all earlier ones are on disk in the old file.</summary>
    public Task SwitchToAsync(string path)
    {
        lock (_gate)
        {
            if (_failure is not null)
                throw new IOException("The journal cannot be written any more.", _failure);

            // The flusher writes what is pending to the old file before it takes up the new one.
            _nextFile = Open(path);
            _switchPosition = _appended;
            Signal();
            return _generation.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        long end;
        lock (_gate)
        {
            end = _appended;
        }

        await WhenDurableAsync(end).ConfigureAwait(false);
        lock (_gate)
        {
            _closing = true;
            Signal();
        }

        await Task.Run(_flusher.Join).ConfigureAwait(false);
        _file.Dispose();
        _work.Dispose();
    }

    private static TaskCompletionSource NewGeneration() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

    private void Signal()
    {
        if (_signalled)
            return;
        _signalled = true;
        _work.Release();
    }

    private void FlushLoop()
    {
        while (true)
        {
            _work.Wait();
            SafeFileHandle? next;
            long end;
            long tail;
            lock (_gate)
            {
                _signalled = false;
                (_pending, _flushing) = (_flushing, _pending);
                (_flushingGeneration, _generation) = (_generation, NewGeneration());
                _inFlight = end = _appended;
                next = _nextFile;
                _nextFile = null;
                tail = next is null ? 0 : end - _switchPosition;
                if (_closing && _flushing.WrittenCount == 0)
                    return;
            }

            try
            {
                var bytes = _flushing.WrittenSpan;
                Write(bytes[..^(int)tail]);
                if (next is not null)
                {
                    _file.Dispose();
                    _file = next;
                    _fileLength = 0;
                    Write(bytes[^(int)tail..]);
                }

                lock (_gate)
                {
                    _durable = end;
                    Flushes++;
                }

                _flushingGeneration.SetResult();
            }
            catch (IOException failure)
            {
                lock (_gate)
                {
                    _failure = failure;
                }

                _flushingGeneration.SetException(failure);
                return;
            }
            finally
            {
                _flushing.ResetWrittenCount();
                if (_flushing.Capacity > 8 * 1024 * 1024)
                    _flushing = new ArrayBufferWriter<byte>(64 * 1024);
            }
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        RandomAccess.Write(_file, bytes, _fileLength);
        RandomAccess.FlushToDisk(_file);
        _fileLength += bytes.Length;
    }
}

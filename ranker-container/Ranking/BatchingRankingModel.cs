using System.Buffers;
using System.Runtime.ExceptionServices;

namespace TikTok.Ranker.Ranking;

/// <summary>
/// Gathers requests of several people into one run. While a run is under way, those that come wait; when it ends, all of them go together. So a request that
/// comes alone never waits, one under load waits for one run at most, and the batches grow by themselves with the load.
/// </summary>
/// <param name="inner">Is asked by one thread at a time, and disposed with this.</param>
/// <param name="maxPeople">Requests in one run. Default 16.</param>
/// <param name="maxVideos">Their videos together, where there is more than one request. Default 65,536.</param>
public sealed class BatchingRankingModel(IBatchRankingModel inner, int maxPeople = 16, int maxVideos = 65_536) : IRankingModel
{
    private readonly object _gate = new();
    private readonly Queue<Request> _waiting = new();
    private bool _isRunning;

    public long Version => inner.Version;

    public RankingDevice Device => inner.Device;

    /// <summary>Requests that wait for the next run.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <inheritdoc/>
    public void Score(RankingInputs inputs, Span<float> predictions)
    {
        if (inputs.Count == 0) return;
        ArgumentOutOfRangeException.ThrowIfLessThan(predictions.Length, inputs.Count * Heads.Count, nameof(predictions));
        var request = new Request(inputs);
        lock (_gate) _waiting.Enqueue(request);

        // Whoever finds nothing running runs what waits, their own request or not, until their own is answered.
        while (NextBatch(request) is { } batch)
        {
            batch.Run(inner);
            lock (_gate)
            {
                _isRunning = false;
                batch.IsDone = true;
                Monitor.PulseAll(_gate);
            }
        }
        request.Batch!.Read(request, predictions);
    }

    public void Dispose() => inner.Dispose();

    /// <returns>What the caller must run; null when their request is answered.</returns>
    private Batch? NextBatch(Request request)
    {
        lock (_gate)
        {
            while (_isRunning && request.Batch is not { IsDone: true }) Monitor.Wait(_gate);
            if (request.Batch is { IsDone: true }) return null;
            _isRunning = true;
            var batch = new Batch();
            do batch.Add(_waiting.Dequeue());
            while (_waiting.TryPeek(out var next) && batch.People < maxPeople && batch.Videos + next.Inputs.Count <= maxVideos);
            return batch;
        }
    }

    private sealed class Request(RankingInputs inputs)
    {
        public RankingInputs Inputs => inputs;

        public Batch? Batch { get; set; }

        /// <summary>Its first video among those of the batch.</summary>
        public int First { get; set; }
    }

    private sealed class Batch
    {
        private readonly List<RankingInputs> _people = [];
        private float[] _predictions = [];
        private ExceptionDispatchInfo? _failure;
        private int _unread;

        public int People => _people.Count;

        public int Videos { get; private set; }

        public bool IsDone { get; set; }

        public void Add(Request request)
        {
            (request.Batch, request.First) = (this, Videos);
            _people.Add(request.Inputs);
            Videos += request.Inputs.Count;
            _unread++;
        }

        public void Run(IBatchRankingModel model)
        {
            _predictions = ArrayPool<float>.Shared.Rent(Videos * Heads.Count);
            try
            {
                model.Score(_people, _predictions.AsSpan(0, Videos * Heads.Count));
            }
            catch (Exception e)
            {
                _failure = ExceptionDispatchInfo.Capture(e);
            }
        }

        /// <summary>The last to read gives the memory back.</summary>
        public void Read(Request request, Span<float> predictions)
        {
            if (_failure is null) _predictions.AsSpan(request.First * Heads.Count, request.Inputs.Count * Heads.Count).CopyTo(predictions);
            if (Interlocked.Decrement(ref _unread) == 0) ArrayPool<float>.Shared.Return(_predictions);
            _failure?.Throw();
        }
    }
}

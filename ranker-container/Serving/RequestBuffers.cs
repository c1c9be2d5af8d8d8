using System.Collections.Concurrent;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Reranking;
using TikTok.Ranker.Retrieval;

namespace TikTok.Ranker.Serving;

/// <summary>
/// Everything a request works on, kept and used again, so that a request allocates next to nothing. About 2 MB. A stage that was given up still writes into them: they
/// go back when the last one that holds them lets go.
/// </summary>
public sealed class RequestBuffers(RequestBuffersPool pool, int dimensions)
{
    private int _holders;

    public RankQuery Query { get; } = new();

    public PersonView Person { get; } = new();

    /// <summary>The person's vector in the space of <see cref="INearestVideos"/>.</summary>
    public float[] Vector { get; } = new float[dimensions];

    public Candidates Candidates { get; } = new();

    public RankingInputs Inputs { get; } = new(Candidates.Capacity);

    /// <summary>As the experiments that the person is in have them.</summary>
    public RankingSettings Settings { get; set; } = RankingSettings.Default;

    /// <summary>The version of the model that filled in the predictions, once it has.</summary>
    public long ScoredBy { get; set; }

    public RankAnswer Answer { get; } = new();

    internal RequestBuffers Rented()
    {
        Volatile.Write(ref _holders, 1);
        Answer.Clear();
        return this;
    }

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0) pool.Return(this);
    }
}

/// <summary>As many buffers as requests were ever at work together.</summary>
/// <param name="dimensions">Of a person's vector.</param>
public sealed class RequestBuffersPool(int dimensions)
{
    private readonly ConcurrentBag<RequestBuffers> _free = [];

    public RequestBuffers Rent() => (_free.TryTake(out var buffers) ? buffers : new RequestBuffers(this, dimensions)).Rented();

    internal void Return(RequestBuffers buffers) => _free.Add(buffers);
}

/// <summary>What a request came to.</summary>
public sealed class RankAnswer
{
    public const int MaxPicks = 100;

    private readonly Pick[] _picks = new Pick[MaxPicks];
    private int _count;

    /// <summary>Best first.</summary>
    public ReadOnlySpan<Pick> Picks => _picks.AsSpan(0, _count);

    public Degradations Degradations { get; set; }

    /// <summary>Of the model that ranked; 0: none did.</summary>
    public long ModelVersion { get; set; }

    public string Ranker => ModelVersion > 0 ? "model" : "heuristic";

    /// <summary>Where picks are written to; <see cref="Keep"/> says how many were.</summary>
    public Span<Pick> Room(int count) => _picks.AsSpan(0, count);

    public void Keep(int count) => _count = count;

    public void Clear() => (_count, Degradations, ModelVersion) = (0, Degradations.None, 0);
}

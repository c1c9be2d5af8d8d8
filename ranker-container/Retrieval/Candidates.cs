using TikTok.Ranker.Ranking;

namespace TikTok.Ranker.Retrieval;

/// <summary>Where a candidate came from; several where several pools had it.</summary>
[Flags]
public enum CandidatePools : ushort
{
    None = 0,

    /// <summary>Near the person's vector in the index.</summary>
    Nearest = 1,

    /// <summary>By creators followed.</summary>
    Followed = 2,

    /// <summary>By creators liked.</summary>
    Creators = 4,

    /// <summary>With hashtags liked or chosen.</summary>
    Hashtags = 8,

    /// <summary>With sounds liked.</summary>
    Sounds = 16,

    /// <summary>Watched by people who watched what the person watched.</summary>
    Collaborative = 32,

    Trending = 64,

    /// <summary>New videos that have not been shown enough to be judged.</summary>
    Fresh = 128,
}

/// <summary>The candidates of one request and what each stage found out about them, by index. Kept and used again by the next request.</summary>
public sealed class Candidates
{
    /// <summary>Candidates of a request at most.</summary>
    public const int Capacity = 5_000;

    private readonly int[] _rows = new int[Capacity];
    private readonly CandidatePools[] _pools = new CandidatePools[Capacity];
    private readonly float[] _similarities = new float[Capacity];
    private readonly float[] _affinities = new float[Capacity];
    private readonly float[] _predictions = new float[Capacity * Heads.Count];
    private readonly float[] _values = new float[Capacity];

    public int Count { get; private set; }

    /// <summary>Rows of the <see cref="Videos.VideoTable"/>, distinct.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    public Span<CandidatePools> Pools => _pools.AsSpan(0, Count);

    /// <summary>Inner product of the person's vector and the video's, as retrieval ranks by.</summary>
    public Span<float> Similarities => _similarities.AsSpan(0, Count);

    /// <summary>How the person took to what is like the video; for the model.</summary>
    public Span<float> Affinities => _affinities.AsSpan(0, Count);

    /// <summary><see cref="Heads.Count"/> probabilities per candidate.</summary>
    public Span<float> Predictions => _predictions.AsSpan(0, Count * Heads.Count);

    /// <summary>What the candidates are ordered by.</summary>
    public Span<float> Values => _values.AsSpan(0, Count);

    public bool IsFull => Count == Capacity;

    public void Clear() => Count = 0;

    /// <returns>The new candidate's index.</returns>
    public int Add(int row, CandidatePools pool)
    {
        (_rows[Count], _pools[Count], _similarities[Count]) = (row, pool, 0);
        return Count++;
    }

    /// <summary>Keeps some of the candidates, spread evenly, so that each pool keeps its share. Nothing but row, pools and similarity is kept of them.</summary>
    public void Thin(int count)
    {
        if (count >= Count) return;
        for (var i = 0; i < count; i++)
        {
            var from = (int)((long)i * Count / count);
            (_rows[i], _pools[i], _similarities[i]) = (_rows[from], _pools[from], _similarities[from]);
        }
        Count = count;
    }
}

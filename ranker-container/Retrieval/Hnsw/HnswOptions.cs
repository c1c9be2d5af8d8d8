namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>How far two vectors are from each other. Smaller is nearer, 0 is the least.</summary>
public enum HnswMetric
{
    /// <summary>1 − inner product of the vectors scaled to length 1, which the index does itself; 0 to 2.</summary>
    Cosine = 0,

    /// <summary>The squared Euclidean distance.</summary>
    SquaredEuclidean = 1,
}

/// <summary>What a stored component takes.</summary>
public enum HnswQuantization
{
    /// <summary>fp32, as given.</summary>
    None = 0,

    /// <summary>
    /// A signed byte, by a scale for each vector, so that nothing needs training; and behind all of them a second byte, with which the results are put in order.
    /// </summary>
    Int8 = 1,
}

/// <summary>The shape of an index. Names and meanings are those of Malkov and Yashunin (arXiv 1603.09320).</summary>
public sealed record HnswOptions
{
    public const int MaxDimension = 4_096;
    public const int MaxM = 256;

    /// <value>Components of a vector, 1 to <see cref="MaxDimension"/>.</value>
    public required int Dimension { get; init; }

    /// <value>Default <see cref="HnswMetric.Cosine"/>.</value>
    public HnswMetric Metric { get; init; }

    /// <value>Default <see cref="HnswQuantization.None"/>.</value>
    public HnswQuantization Quantization { get; init; }

    /// <value>Links that a new vector gets on each level, 2 to <see cref="MaxM"/>; a vector keeps at most M, on the ground level 2M. Default 16.</value>
    public int M { get; init; } = 16;

    /// <value>Candidates that an insertion looks among, at least M, at most 65,536. Default 200.</value>
    public int EfConstruction { get; init; } = 200;

    /// <value>The share of deleted vectors, 0.01 to 1, at which a deletion repairs the links around all of them and frees their slots. Default 0.1.</value>
    public double SweepAt { get; init; } = 0.1;

    /// <value>Of the levels drawn. The same insertions from one thread build the same graph.</value>
    public ulong Seed { get; init; } = 1;

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    internal HnswOptions Checked()
    {
        Require(Dimension is >= 1 and <= MaxDimension, nameof(Dimension));
        Require(Enum.IsDefined(Metric), nameof(Metric));
        Require(Enum.IsDefined(Quantization), nameof(Quantization));
        Require(M is >= 2 and <= MaxM, nameof(M));
        Require(EfConstruction >= M && EfConstruction <= 65_536, nameof(EfConstruction));
        Require(SweepAt is >= 0.01 and <= 1, nameof(SweepAt));
        return this;
    }

    private static void Require(bool holds, string name)
    {
        if (!holds) throw new ArgumentOutOfRangeException(name);
    }
}

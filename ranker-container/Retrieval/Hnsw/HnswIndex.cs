namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>
/// The nearest of millions of vectors in a fraction of a millisecond: hierarchical navigable small worlds (Malkov and Yashunin, arXiv 1603.09320). Every member
/// except <see cref="Dispose"/> may be called by any number of threads at a time. Searches wait for nobody and allocate nothing; insertions run side by side;
/// a deletion is a mark, and the links around deleted vectors are repaired, and their memory used anew, when a share of all is deleted.
/// </summary>
public abstract class HnswIndex : IDisposable
{
    private protected HnswIndex(HnswOptions options) => Options = options;

    public HnswOptions Options { get; }

    /// <summary>Vectors that a search can answer with.</summary>
    public abstract int Count { get; }

    /// <summary>Vectors deleted or replaced whose memory is not yet free for others.</summary>
    public abstract int Deleted { get; }

    /// <summary>Native and managed memory that the index has reserved. The operating system gives it out as it is first written to.</summary>
    public abstract long Bytes { get; }

    /// <summary>An empty index. It takes memory as vectors come, a chunk of 16,384 at a time; nothing is copied then, and nobody waits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static HnswIndex Create(HnswOptions options) => (options.Checked().Metric, options.Quantization) switch
    {
        (HnswMetric.Cosine, HnswQuantization.None) => new HnswIndex<Fp32Space<CosineMeasure>>(options),
        (HnswMetric.Cosine, _) => new HnswIndex<Int8Space<Int8CosineMeasure>>(options),
        (_, HnswQuantization.None) => new HnswIndex<Fp32Space<SquaredEuclideanMeasure>>(options),
        _ => new HnswIndex<Int8Space<Int8SquaredEuclideanMeasure>>(options),
    };

    /// <summary>Reads what <see cref="Save"/> wrote, and no further.</summary>
    /// <exception cref="InvalidDataException">It is not an index, of another version, cut off or damaged.</exception>
    public static HnswIndex Load(Stream stream) => Snapshot.Load(stream);

    /// <summary>Puts a vector in under a label, in place of the one it has, if any.</summary>
    /// <remarks>
    /// A search during a replacement finds the old vector or the new one, never both; for the moment between the two, a few nanoseconds, neither.
    /// </remarks>
    /// <exception cref="ArgumentException">The vector is of another dimension, or a component is not finite.</exception>
    /// <exception cref="InvalidOperationException">There are 2²⁸ vectors.</exception>
    public abstract void Insert(ulong label, ReadOnlySpan<float> vector);

    /// <returns>Whether there was such a label.</returns>
    public abstract bool Delete(ulong label);

    public abstract bool Contains(ulong label);

    /// <summary>The vector of a label as the index keeps it: under <see cref="HnswMetric.Cosine"/> of length 1, under <see cref="HnswQuantization.Int8"/> rounded.</summary>
    /// <returns>Whether there is such a label.</returns>
    public abstract bool TryGet(ulong label, Span<float> vector);

    /// <summary>The nearest vectors, nearest first; as many as <paramref name="results"/> has room for, if there are.</summary>
    /// <param name="query">Of the index's dimension, finite.</param>
    /// <param name="results">Where they go.</param>
    /// <param name="ef">How many candidates to keep while looking: the more, the surer and the slower. At least the length of <paramref name="results"/> is taken.</param>
    /// <returns>How many were found.</returns>
    public int Search(ReadOnlySpan<float> query, Span<HnswMatch> results, int ef) => Search(query, results, ef, new EveryLabel());

    /// <summary>The nearest vectors among those whose labels the filter lets through; as many as there is room for, if there are.</summary>
    public abstract int Search<TFilter>(ReadOnlySpan<float> query, Span<HnswMatch> results, int ef, TFilter filter)
        where TFilter : IHnswFilter;

    /// <summary>
    /// Repairs the links around everything deleted and frees its slots. <see cref="Delete"/> and <see cref="Insert"/> do it by themselves at the share set in
    /// <see cref="HnswOptions.SweepAt"/>: it reads all links once.
    /// </summary>
    public abstract void Sweep();

    /// <summary>Writes the index, with a version and a checksum. Searches go on; insertions and deletions wait.</summary>
    public abstract void Save(Stream stream);

    /// <summary>Frees the memory. Nobody may be using the index.</summary>
    public abstract void Dispose();

    internal abstract void Load(ChecksummedStream stream);

    private protected void Check(ReadOnlySpan<float> vector)
    {
        if (vector.Length != Options.Dimension) throw new ArgumentException($"A vector has {Options.Dimension} components here, not {vector.Length}.", nameof(vector));
        foreach (var component in vector)
        {
            if (!float.IsFinite(component)) throw new ArgumentException("A component is not finite.", nameof(vector));
        }
    }
}

/// <param name="Label">As inserted.</param>
/// <param name="Distance">By the index's metric.</param>
public readonly record struct HnswMatch(ulong Label, float Distance);

/// <summary>Which labels may be answered with. A struct is compiled into the search. It is asked for what would be among the nearest, not for all.</summary>
public interface IHnswFilter
{
    /// <summary>Is called while the search runs: quick, and without side effects.</summary>
    bool Allows(ulong label);
}

/// <summary>Labels by a bit each, for labels that are small numbers, as row numbers are. A label beyond the bits is not allowed.</summary>
public readonly struct LabelBits(ulong[] words) : IHnswFilter
{
    public bool Allows(ulong label) => label >> 6 < (ulong)words.Length && ((words[label >> 6] >> (int)(label & 63)) & 1) != 0;
}

internal readonly struct EveryLabel : IHnswFilter
{
    public bool Allows(ulong label) => true;
}

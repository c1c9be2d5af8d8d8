namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>
/// How vectors are stored and how far apart they are. A struct, so that the graph's loops are compiled for each space with the distances inlined.
/// Distances are never negative, so that their bits sort as they do.
/// </summary>
internal unsafe interface IVectorSpace
{
    /// <summary>Bytes of a stored vector.</summary>
    static abstract int StoredBytes(int dimension);

    /// <summary>How many of them, from the first on, <see cref="Distances"/> reads.</summary>
    static abstract int WalkedBytes(int dimension);

    /// <summary>Whether <see cref="Refine"/> knows better than <see cref="Distances"/>.</summary>
    static abstract bool Refines { get; }

    /// <summary>Bytes of a vector that is asked for.</summary>
    static abstract int QueryBytes(int dimension);

    static abstract void Store(ReadOnlySpan<float> vector, byte* stored);

    static abstract void Ask(ReadOnlySpan<float> vector, byte* query);

    /// <summary>What <see cref="Store"/> kept of a vector.</summary>
    static abstract void Restore(byte* stored, Span<float> vector);

    /// <summary>A stored vector in the form of a query: itself where the forms are one, otherwise written to <paramref name="scratch"/>.</summary>
    static abstract byte* AsQuery(byte* stored, byte* scratch, int dimension);

    /// <summary>
    /// The distances from the query to <paramref name="count"/> stored vectors. <paramref name="stored"/> and <paramref name="distances"/> have room for
    /// <see cref="Slack"/> more, with anything in them.
    /// </summary>
    static abstract void Distances(byte* query, byte** stored, int count, int dimension, float* distances);

    /// <summary>The distance to a result, as near as what is stored allows.</summary>
    static abstract float Refine(byte* query, byte* stored, int dimension);

    /// <summary>Distances are taken four at a time; what is missing of the last four is filled up.</summary>
    public const int Slack = 3;
}

namespace TikTok.Ranker.Embeddings;

/// <summary>What a table holds, and for how long.</summary>
public sealed record EmbeddingTableOptions
{
    /// <value>Floats of a vector, 1 to 4,096.</value>
    public required int Dimensions { get; init; }

    /// <value>Floats of optimiser state that the master row keeps behind its vector, 0 to 8,192. Never part of a lookup. Default 0.</value>
    public int StateWidth { get; init; }

    /// <value>The copies that are kept of each row. Default the master alone. A replica that only serves needs no master.</value>
    public RowFormats Formats { get; init; } = RowFormats.Single;

    /// <value>Rows that the index has room for at once; beyond them it grows. Default 0.</value>
    public int InitialRows { get; init; }

    /// <value>An id gets its row at this sighting, 1 to 15. Default 1: at the first.</value>
    public int Sightings { get; init; } = 1;

    /// <value>
    /// Ids without a row whose sightings are remembered: between this many and twice as many of those seen last. Eight bytes each. Default 1,048,576.
    /// </value>
    public int FilterCapacity { get; init; } = 1 << 20;

    /// <value>
    /// A row that was not seen for more than this many days goes at the next <see cref="EmbeddingWriter.Expire"/>. Up to 60 days the count is exact; beyond, it
    /// is rounded up to a multiple of a sixtieth. 1 to 3,650. Default 30.
    /// </value>
    public int ExpireAfterDays { get; init; } = 30;

    /// <value>A new vector's components are uniform within ± this, from its id alone. Default 0.05.</value>
    public float InitialRange { get; init; } = 0.05f;

    /// <value>Which buckets ids fall into. Default random, so that nobody can choose ids that all fall into the same.</value>
    public ulong? HashSeed { get; init; }

    /// <summary>Floats of a master row.</summary>
    internal int Width => Dimensions + StateWidth;

    internal EmbeddingTableOptions Validated()
    {
        Require(Dimensions is >= 1 and <= 4096, nameof(Dimensions));
        Require(StateWidth is >= 0 and <= 8192, nameof(StateWidth));
        Require(Formats is not 0 && (Formats & ~(RowFormats.Single | RowFormats.Half | RowFormats.Int8)) == 0, nameof(Formats));
        Require(InitialRows is >= 0 and <= EmbeddingTable.MaxRows, nameof(InitialRows));
        Require(Sightings is >= 1 and <= InsertionFilter.MaxSightings, nameof(Sightings));
        Require(FilterCapacity >= 1, nameof(FilterCapacity));
        Require(ExpireAfterDays is >= 1 and <= 3650, nameof(ExpireAfterDays));
        Require(float.IsFinite(InitialRange) && InitialRange >= 0, nameof(InitialRange));
        return this;
    }

    private static void Require(bool condition, string name)
    {
        if (!condition) throw new ArgumentOutOfRangeException(name);
    }
}

/// <summary>How a row is kept. Lookups of floats read the most exact format there is.</summary>
[Flags]
public enum RowFormats
{
    /// <summary>fp32, the master: what is trained and written to checkpoints.</summary>
    Single = 1,

    /// <summary>fp16.</summary>
    Half = 2,

    /// <summary>Signed bytes with one fp32 scale per row: component = byte × scale, off by at most half a scale.</summary>
    Int8 = 4,
}

/// <param name="Rows">Ids that have a row.</param>
/// <param name="LoadFactor">Share of the index's slots that are taken, 0 to 1.</param>
/// <param name="IndexBytes">Everything kept per row beyond the row itself: id, place, day, version of its bucket, changed or not.</param>
/// <param name="RowBytes">The rows in all formats, with those allocated ahead or free.</param>
/// <param name="FilterBytes">The insertion filter: fixed, whatever the number of rows.</param>
public sealed record EmbeddingTableSize(int Rows, double LoadFactor, long IndexBytes, long RowBytes, long FilterBytes);

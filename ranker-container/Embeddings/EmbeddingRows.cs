using System.Numerics.Tensors;

namespace TikTok.Ranker.Embeddings;

/// <summary>The rows in each of the table's formats, under the same number. A row is written whole while no reader can know of it.</summary>
internal sealed unsafe class EmbeddingRows
{
    private const int CacheLine = 64;
    private const int NoRow = -1;

    private readonly EmbeddingTableOptions _options;
    private readonly RowArena _first;
    private int _allocated;
    private int _free = NoRow;

    public EmbeddingRows(EmbeddingTableOptions options)
    {
        _options = options;
        if (options.Formats.HasFlag(RowFormats.Single)) Single = new RowArena(Aligned(options.Width * sizeof(float)));
        if (options.Formats.HasFlag(RowFormats.Half)) Half = new RowArena(Aligned(options.Dimensions * sizeof(Half)));
        if (options.Formats.HasFlag(RowFormats.Int8))
        {
            Int8 = new RowArena(Aligned(options.Dimensions));
            Scales = new RowArena(sizeof(float));
        }
        _first = (Single ?? Half ?? Int8)!;
    }

    public RowArena? Single { get; }
    public RowArena? Half { get; }
    public RowArena? Int8 { get; }
    public RowArena? Scales { get; }

    public long Bytes => (Single?.Bytes ?? 0) + (Half?.Bytes ?? 0) + (Int8?.Bytes ?? 0) + (Scales?.Bytes ?? 0);

    /// <summary>A row that nobody has. What is in it is undefined.</summary>
    public int Allocate()
    {
        if (_free != NoRow)
        {
            var row = _free;
            _free = *(int*)_first[row];
            return row;
        }
        if (_allocated > EmbeddingTable.MaxRows) throw new InvalidOperationException($"The table has its {EmbeddingTable.MaxRows:N0} rows.");
        Single?.Extend(_allocated);
        Half?.Extend(_allocated);
        Int8?.Extend(_allocated);
        Scales?.Extend(_allocated);
        return _allocated++;
    }

    /// <summary>Only once no reader can find the row any more: the list of free rows is kept in the rows themselves.</summary>
    public void Free(int row)
    {
        *(int*)_first[row] = _free;
        _free = row;
    }

    /// <summary>Vector and state of a row. The writer's alone.</summary>
    public Span<float> Master(int row) => Single is { } single
        ? new Span<float>(single[row], _options.Width)
        : throw new InvalidOperationException("This table holds serving copies alone.");

    /// <summary>Writes all formats of a row.</summary>
    /// <param name="row">As allocated.</param>
    /// <param name="values">Vector, then state.</param>
    public void Write(int row, ReadOnlySpan<float> values)
    {
        if (Single is not null) values.CopyTo(Master(row));
        WriteCopies(row, values);
    }

    /// <summary>Writes the serving copies of a row.</summary>
    public void WriteCopies(int row, ReadOnlySpan<float> values)
    {
        var vector = values[.._options.Dimensions];
        if (Half is not null) TensorPrimitives.ConvertToHalf(vector, new Span<Half>(Half[row], vector.Length));
        if (Int8 is not null) *(float*)Scales![row] = RowScale.Quantise(vector, new Span<sbyte>(Int8[row], vector.Length));
    }

    private static int Aligned(int bytes) => (bytes + CacheLine - 1) / CacheLine * CacheLine;
}

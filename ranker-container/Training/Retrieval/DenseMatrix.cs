namespace TikTok.Ranker.Training.Retrieval;

/// <summary>Rows of floats in one piece of memory, row after row.</summary>
public sealed class DenseMatrix(int rows, int columns)
{
    public int Rows => rows;

    public int Columns => columns;

    public float[] Values { get; } = new float[checked(rows * columns)];

    public Span<float> Row(int row) => Values.AsSpan(row * columns, columns);

    /// <summary>Independent normal values with mean 0.</summary>
    public static DenseMatrix Random(int rows, int columns, float deviation, Random random)
    {
        var matrix = new DenseMatrix(rows, columns);
        foreach (ref var value in matrix.Values.AsSpan())
            value = deviation * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return matrix;
    }

    public DenseMatrix Copy()
    {
        var copy = new DenseMatrix(rows, columns);
        Values.CopyTo(copy.Values.AsSpan());
        return copy;
    }

    public DenseMatrix Transposed()
    {
        var transposed = new DenseMatrix(columns, rows);
        TransposeInto(transposed);
        return transposed;
    }

    public void TransposeInto(DenseMatrix target)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++) target.Values[(column * rows) + row] = Values[(row * columns) + column];
        }
    }

    /// <summary>The matrices side by side: the inner product of two such rows is the sum of the parts' inner products.</summary>
    public static DenseMatrix Joined(IReadOnlyList<DenseMatrix> parts)
    {
        var joined = new DenseMatrix(parts[0].Rows, parts.Sum(part => part.Columns));
        for (var row = 0; row < joined.Rows; row++)
        {
            var rest = joined.Row(row);
            foreach (var part in parts)
            {
                part.Row(row).CopyTo(rest);
                rest = rest[part.Columns..];
            }
        }
        return joined;
    }
}

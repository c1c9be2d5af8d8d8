namespace TikTok.Ranker.Training.Retrieval;

/// <summary>
/// A sparse matrix by rows (CSR). As interactions: users × items, each entry 1. As a graph: items × items, entries weights.
/// Columns ascend within a row and occur once.
/// </summary>
public sealed class SparseMatrix
{
    private readonly int[] _starts;
    private readonly int[] _columns;
    private readonly float[] _values;

    private SparseMatrix(int columns, int[] starts, int[] columnOf, float[] values) => (Columns, _starts, _columns, _values) = (columns, starts, columnOf, values);

    public int Rows => _starts.Length - 1;

    public int Columns { get; }

    /// <summary>Entries stored.</summary>
    public int Count => _columns.Length;

    public int CountOf(int row) => _starts[row + 1] - _starts[row];

    public ReadOnlySpan<int> ColumnsOf(int row) => _columns.AsSpan(_starts[row].._starts[row + 1]);

    /// <summary>Interactions: a pair given several times counts once.</summary>
    public static SparseMatrix OfPairs(int rows, int columns, IEnumerable<(int Row, int Column)> pairs) =>
        Of(rows, columns, pairs.Distinct().Select(pair => (pair.Row, pair.Column, 1f)));

    /// <summary>Entries with the same place are added.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An entry lies outside the matrix.</exception>
    public static SparseMatrix Of(int rows, int columns, IEnumerable<(int Row, int Column, float Value)> entries)
    {
        var sorted = entries.GroupBy(e => (e.Row, e.Column), e => e.Value).OrderBy(g => g.Key.Row).ThenBy(g => g.Key.Column).ToList();
        var starts = new int[rows + 1];
        var columnOf = new int[sorted.Count];
        var values = new float[sorted.Count];
        for (var at = 0; at < sorted.Count; at++)
        {
            var (row, column) = sorted[at].Key;
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)rows, nameof(entries));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)columns, nameof(entries));
            starts[row + 1]++;
            columnOf[at] = column;
            values[at] = sorted[at].Sum();
        }
        for (var row = 0; row < rows; row++) starts[row + 1] += starts[row];
        return new SparseMatrix(columns, starts, columnOf, values);
    }

    public IEnumerable<(int Row, int Column, float Value)> Entries()
    {
        for (var row = 0; row < Rows; row++)
        {
            for (var at = _starts[row]; at < _starts[row + 1]; at++) yield return (row, _columns[at], _values[at]);
        }
    }

    public SparseMatrix Transposed() => Of(Columns, Rows, Entries().Select(e => (e.Column, e.Row, e.Value)));

    /// <summary>target += scale × (this · dense), rows in parallel; each row is one thread's, so that sums come out the same every time.</summary>
    public void MultiplyAdd(DenseMatrix dense, float scale, DenseMatrix target) =>
        Parallel.For(0, Rows, row =>
        {
            var sum = target.Row(row);
            for (var at = _starts[row]; at < _starts[row + 1]; at++) Vectors.AddScaled(dense.Row(_columns[at]), scale * _values[at], sum);
        });
}

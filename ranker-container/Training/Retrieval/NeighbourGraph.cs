namespace TikTok.Ranker.Training.Retrieval;

/// <summary>
/// Items joined to those that look and sound alike: the k nearest by cosine in each modality, both ways, weights normalised by both ends' sums
/// (D^-½·A·D^-½), the mean over the modalities. Computed once and then left as it is, as Zhou and Shen found to work best (FREEDOM, 2023).
/// </summary>
public static class NeighbourGraph
{
    private const int RowsAtOnce = 64;

    /// <param name="modalities">Items × dimensions each, rows of length 1 (<see cref="ItemFeatures.Whitened"/>).</param>
    /// <param name="neighbours">k, per item and modality.</param>
    public static SparseMatrix Build(IReadOnlyList<DenseMatrix> modalities, int neighbours)
    {
        var items = modalities[0].Rows;
        return SparseMatrix.Of(items, items, modalities.SelectMany(x => Normalised(Symmetric(x, neighbours)).Select(e => (e.Row, e.Column, e.Value / modalities.Count))));
    }

    private static SparseMatrix Symmetric(DenseMatrix x, int neighbours)
    {
        var transposed = x.Transposed();
        var nearest = new (int Item, float Cosine)[x.Rows][];
        var block = new DenseMatrix(RowsAtOnce, x.Columns);
        var cosines = new DenseMatrix(RowsAtOnce, x.Rows);
        for (var from = 0; from < x.Rows; from += RowsAtOnce)
        {
            var rows = Math.Min(RowsAtOnce, x.Rows - from);
            x.Values.AsSpan(from * x.Columns, rows * x.Columns).CopyTo(block.Values);
            Vectors.Multiply(block, rows, transposed, cosines);
            var first = from;
            Parallel.For(0, rows, row => nearest[first + row] = Nearest(cosines.Row(row), first + row, neighbours));
        }
        return SparseMatrix.Of(x.Rows, x.Rows, nearest.SelectMany((near, item) => near.SelectMany(n =>
            new[] { (item, n.Item, n.Cosine), (n.Item, item, n.Cosine) })));
    }

    private static (int, float)[] Nearest(ReadOnlySpan<float> cosines, int self, int count)
    {
        var best = new PriorityQueue<int, (float, int)>(count + 1);
        for (var item = 0; item < cosines.Length; item++)
        {
            if (item == self || cosines[item] <= 0) continue;
            best.Enqueue(item, (cosines[item], -item));
            if (best.Count > count) best.Dequeue();
        }
        return [.. best.UnorderedItems.Select(b => (b.Element, b.Priority.Item1)).OrderBy(b => b.Element)];
    }

    private static IEnumerable<(int Row, int Column, float Value)> Normalised(SparseMatrix graph)
    {
        var sums = new double[graph.Rows];
        foreach (var (row, _, value) in graph.Entries()) sums[row] += value;
        return graph.Entries().Select(e => (e.Row, e.Column, (float)(e.Value / Math.Sqrt(sums[e.Row] * sums[e.Column]))));
    }
}

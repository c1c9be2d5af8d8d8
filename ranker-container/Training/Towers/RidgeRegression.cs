using TikTok.Ranker.Training.Retrieval;

namespace TikTok.Ranker.Training.Towers;

/// <summary>
/// The weights of sparse features that come nearest to given vectors: the W that makes ‖X·W − Y‖² + λ‖W‖² least, by conjugate gradients on the normal equations, all columns side by
/// side. Never forms XᵀX, so that features may be as many as there are words.
/// </summary>
internal static class RidgeRegression
{
    /// <summary>Residuals shrink by half and more at each step; so far no vector changes by what could be seen.</summary>
    private const int MaxSteps = 50;

    private const double Enough = 1e-6;

    /// <param name="x">Samples × features.</param>
    /// <param name="y">Samples × columns.</param>
    /// <returns>Features × columns.</returns>
    public static DenseMatrix Fit(SparseMatrix x, DenseMatrix y, float penalty)
    {
        var transposed = x.Transposed();
        var columns = y.Columns;
        var weights = new DenseMatrix(x.Columns, columns);
        var residual = new DenseMatrix(x.Columns, columns);
        transposed.MultiplyAdd(y, 1, residual);
        var direction = residual.Copy();
        var image = new DenseMatrix(x.Columns, columns);
        var samples = new DenseMatrix(x.Rows, columns);
        var squares = Squares(residual, residual);
        var start = squares.Sum();
        for (var step = 0; step < MaxSteps && squares.Sum() > Enough * start; step++)
        {
            Array.Clear(samples.Values);
            x.MultiplyAdd(direction, 1, samples);
            direction.Values.CopyTo(image.Values.AsSpan());
            Scale(image, penalty);
            transposed.MultiplyAdd(samples, 1, image);
            var curvature = Squares(direction, image);
            for (var row = 0; row < weights.Rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    if (curvature[column] <= 0) continue;
                    var length = (float)(squares[column] / curvature[column]);
                    weights.Row(row)[column] += length * direction.Row(row)[column];
                    residual.Row(row)[column] -= length * image.Row(row)[column];
                }
            }
            var next = Squares(residual, residual);
            for (var row = 0; row < weights.Rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    var kept = squares[column] > 0 ? (float)(next[column] / squares[column]) : 0;
                    direction.Row(row)[column] = residual.Row(row)[column] + (kept * direction.Row(row)[column]);
                }
            }
            squares = next;
        }
        return weights;
    }

    /// <summary>The inner products of the two matrices' columns.</summary>
    private static double[] Squares(DenseMatrix left, DenseMatrix right)
    {
        var sums = new double[left.Columns];
        for (var row = 0; row < left.Rows; row++)
        {
            for (var column = 0; column < sums.Length; column++) sums[column] += (double)left.Row(row)[column] * right.Row(row)[column];
        }
        return sums;
    }

    private static void Scale(DenseMatrix matrix, float factor)
    {
        foreach (ref var value in matrix.Values.AsSpan()) value *= factor;
    }
}

namespace TikTok.Ranker.Training.Retrieval;

/// <summary>One modality's features made comparable: centred, decorrelated (whitened) and of length 1, so that an inner product is a cosine.</summary>
public static class ItemFeatures
{
    /// <summary>Wider features are first projected at random to so many dimensions, which keeps angles (Johnson and Lindenstrauss) and bounds the work.</summary>
    public const int MaxDimensions = 512;

    /// <summary>Added to each variance as a share of the mean variance: directions that hardly vary are noise and must not be blown up.</summary>
    private const double Ridge = 1e-3;

    public static DenseMatrix Whitened(DenseMatrix features, int seed)
    {
        var x = features.Columns <= MaxDimensions ? features.Copy() : Projected(features, seed);
        Centre(x);
        var (n, d) = (x.Rows, x.Columns);
        var covariance = new DenseMatrix(d, d);
        Vectors.MultiplyTransposed(x, n, x, covariance);
        var mean = Enumerable.Range(0, d).Average(i => (double)covariance.Values[(i * d) + i]);
        var factor = Cholesky(covariance, Ridge * mean);

        // Solving L·y = x gives y the identity for its covariance, up to a factor that the length takes away.
        Parallel.For(0, n, row =>
        {
            var y = x.Row(row);
            for (var i = 0; i < d; i++)
            {
                double sum = y[i];
                for (var j = 0; j < i; j++) sum -= factor[(i * d) + j] * y[j];
                y[i] = factor[(i * d) + i] > 0 ? (float)(sum / factor[(i * d) + i]) : 0;
            }
            var length = MathF.Sqrt(Vectors.Dot(y, y));
            if (length > 0) for (var i = 0; i < d; i++) y[i] /= length;
        });
        return x;
    }

    private static DenseMatrix Projected(DenseMatrix features, int seed)
    {
        var projected = new DenseMatrix(features.Rows, MaxDimensions);
        var directions = DenseMatrix.Random(features.Columns, MaxDimensions, 1 / MathF.Sqrt(MaxDimensions), new Random(seed));
        Vectors.Multiply(features, features.Rows, directions, projected);
        return projected;
    }

    private static void Centre(DenseMatrix x)
    {
        var mean = new double[x.Columns];
        for (var row = 0; row < x.Rows; row++)
        {
            for (var column = 0; column < x.Columns; column++) mean[column] += x.Row(row)[column] / (double)x.Rows;
        }
        for (var row = 0; row < x.Rows; row++)
        {
            for (var column = 0; column < x.Columns; column++) x.Row(row)[column] -= (float)mean[column];
        }
    }

    /// <summary>The lower factor of matrix + ridge·1, rows one after the other.</summary>
    private static double[] Cholesky(DenseMatrix matrix, double ridge)
    {
        var d = matrix.Rows;
        var factor = new double[d * d];
        for (var i = 0; i < d; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix.Values[(i * d) + j] + (i == j ? ridge : 0);
                for (var k = 0; k < j; k++) sum -= factor[(i * d) + k] * factor[(j * d) + k];
                factor[(i * d) + j] = i == j ? Math.Sqrt(Math.Max(sum, 0)) : factor[(j * d) + j] > 0 ? sum / factor[(j * d) + j] : 0;
            }
        }
        return factor;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TikTok.Ranker.Training.Retrieval;

/// <summary>The inner loops of training. Sums are formed in an order that depends on the sizes alone, never on the number of threads.</summary>
internal static class Vectors
{
    /// <summary>Rows of the left factor that share one pass over the right one.</summary>
    private const int Tile = 4;

    /// <summary>target += scale × vector.</summary>
    public static void AddScaled(ReadOnlySpan<float> vector, float scale, Span<float> target)
    {
        var wide = Vector<float>.Count;
        var at = 0;
        for (; at <= vector.Length - wide; at += wide)
            (new Vector<float>(target[at..]) + (new Vector<float>(vector[at..]) * scale)).CopyTo(target[at..]);
        for (; at < vector.Length; at++) target[at] += scale * vector[at];
    }

    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var wide = Vector<float>.Count;
        var sums = Vector<float>.Zero;
        var at = 0;
        for (; at <= left.Length - wide; at += wide) sums += new Vector<float>(left[at..]) * new Vector<float>(right[at..]);
        var sum = Vector.Sum(sums);
        for (; at < left.Length; at++) sum += left[at] * right[at];
        return sum;
    }

    /// <summary>product = left · right for <paramref name="rows"/> rows of the left factor, tiles of rows in parallel.</summary>
    public static void Multiply(DenseMatrix left, int rows, DenseMatrix right, DenseMatrix product) =>
        Multiply(left.Values, left.Columns, 1, rows, left.Columns, right, product.Values, product.Columns);

    /// <summary>product = leftᵀ · right over the first <paramref name="depth"/> rows of both.</summary>
    public static void MultiplyTransposed(DenseMatrix left, int depth, DenseMatrix right, DenseMatrix product) =>
        Multiply(left.Values, 1, left.Columns, left.Columns, depth, right, product.Values, product.Columns);

    /// <summary>The left factor's element (row, k) lies at row × rowStep + k × depthStep, so that its transpose needs no copy.</summary>
    private static void Multiply(float[] left, int rowStep, int depthStep, int rows, int depth, DenseMatrix right, float[] product, int columns) =>
        Parallel.For(0, (rows + Tile - 1) / Tile, tile =>
        {
            var row = tile * Tile;
            if (row + Tile <= rows)
                TileProduct(left.AsSpan(row * rowStep), rowStep, depthStep, depth, right.Values, product.AsSpan(row * columns), columns);
            else
                for (; row < rows; row++) RowProduct(left.AsSpan(row * rowStep), depthStep, depth, right, product.AsSpan(row * columns, columns));
        });

    private static void TileProduct(ReadOnlySpan<float> left, int rowStep, int depthStep, int depth, ReadOnlySpan<float> right, Span<float> product, int columns)
    {
        var wide = Vector<float>.Count;
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right);
        ref var c = ref MemoryMarshal.GetReference(product);
        var column = 0;
        for (; column <= columns - (2 * wide); column += 2 * wide)
        {
            Vector<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
            for (var k = 0; k < depth; k++)
            {
                ref var from = ref Unsafe.Add(ref b, (k * columns) + column);
                var b0 = Vector.LoadUnsafe(ref from);
                var b1 = Vector.LoadUnsafe(ref from, (nuint)wide);
                ref var of = ref Unsafe.Add(ref a, k * depthStep);
                var a0 = new Vector<float>(of);
                c00 = Vector.FusedMultiplyAdd(a0, b0, c00);
                c01 = Vector.FusedMultiplyAdd(a0, b1, c01);
                var a1 = new Vector<float>(Unsafe.Add(ref of, rowStep));
                c10 = Vector.FusedMultiplyAdd(a1, b0, c10);
                c11 = Vector.FusedMultiplyAdd(a1, b1, c11);
                var a2 = new Vector<float>(Unsafe.Add(ref of, 2 * rowStep));
                c20 = Vector.FusedMultiplyAdd(a2, b0, c20);
                c21 = Vector.FusedMultiplyAdd(a2, b1, c21);
                var a3 = new Vector<float>(Unsafe.Add(ref of, 3 * rowStep));
                c30 = Vector.FusedMultiplyAdd(a3, b0, c30);
                c31 = Vector.FusedMultiplyAdd(a3, b1, c31);
            }
            Store(ref Unsafe.Add(ref c, column), c00, c01);
            Store(ref Unsafe.Add(ref c, columns + column), c10, c11);
            Store(ref Unsafe.Add(ref c, (2 * columns) + column), c20, c21);
            Store(ref Unsafe.Add(ref c, (3 * columns) + column), c30, c31);
        }
        for (; column < columns; column++)
        {
            for (var row = 0; row < Tile; row++)
            {
                var sum = 0f;
                for (var k = 0; k < depth; k++) sum += left[(row * rowStep) + (k * depthStep)] * right[(k * columns) + column];
                product[(row * columns) + column] = sum;
            }
        }

        static void Store(ref float to, Vector<float> first, Vector<float> second)
        {
            first.StoreUnsafe(ref to);
            second.StoreUnsafe(ref to, (nuint)Vector<float>.Count);
        }
    }

    private static void RowProduct(ReadOnlySpan<float> left, int depthStep, int depth, DenseMatrix right, Span<float> product)
    {
        product.Clear();
        for (var k = 0; k < depth; k++) AddScaled(right.Row(k), left[k * depthStep], product);
    }
}

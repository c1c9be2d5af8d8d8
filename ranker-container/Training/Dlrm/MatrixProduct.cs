using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TikTok.Ranker.Training.Dlrm;

/// <summary>Products of the small matrices that a network's layers are. Each element of the result is summed up in the order of the inner dimension, by one thread.</summary>
internal static unsafe class MatrixProduct
{
    private const int Wide = 16;
    private const int Narrow = 4;

    /// <summary>C += A·B.</summary>
    /// <param name="a">Rows × inner; element (i, p) lies at i · <paramref name="rowStride"/> + p · <paramref name="innerStride"/>, so that a transposed matrix needs no copy.</param>
    /// <param name="b">Inner × columns, row by row.</param>
    /// <param name="c">Rows × columns, row by row.</param>
    public static void Add(ReadOnlySpan<float> a, int rowStride, int innerStride, ReadOnlySpan<float> b, Span<float> c, int rows, int inner, int columns)
    {
        if (rows == 0 || inner == 0) return;
        _ = a[((rows - 1) * rowStride) + ((inner - 1) * innerStride)];
        _ = b[(inner * columns) - 1];
        _ = c[(rows * columns) - 1];
        fixed (float* from = a)
        fixed (float* by = b)
        fixed (float* to = c)
        {
            var row = 0;
            for (; row + 4 <= rows; row += 4) FourRows(from + (row * rowStride), rowStride, innerStride, by, to + (row * columns), inner, columns);
            for (; row < rows; row++) OneRow(from + (row * rowStride), innerStride, by, to + (row * columns), inner, columns);
        }
    }

    private static void FourRows(float* a, int rowStride, int innerStride, float* b, float* c, int inner, int columns)
    {
        float* a1 = a + rowStride, a2 = a1 + rowStride, a3 = a2 + rowStride;
        float* c1 = c + columns, c2 = c1 + columns, c3 = c2 + columns;
        var column = 0;
        for (; column + (2 * Wide) <= columns; column += 2 * Wide)
        {
            var (s00, s01) = (Vector512.Load(c + column), Vector512.Load(c + column + Wide));
            var (s10, s11) = (Vector512.Load(c1 + column), Vector512.Load(c1 + column + Wide));
            var (s20, s21) = (Vector512.Load(c2 + column), Vector512.Load(c2 + column + Wide));
            var (s30, s31) = (Vector512.Load(c3 + column), Vector512.Load(c3 + column + Wide));
            var at = b + column;
            for (var p = 0; p < inner; p++, at += columns)
            {
                var (left, right) = (Vector512.Load(at), Vector512.Load(at + Wide));
                var i = p * innerStride;
                var factor = Vector512.Create(a[i]);
                (s00, s01) = (Vector512.FusedMultiplyAdd(factor, left, s00), Vector512.FusedMultiplyAdd(factor, right, s01));
                factor = Vector512.Create(a1[i]);
                (s10, s11) = (Vector512.FusedMultiplyAdd(factor, left, s10), Vector512.FusedMultiplyAdd(factor, right, s11));
                factor = Vector512.Create(a2[i]);
                (s20, s21) = (Vector512.FusedMultiplyAdd(factor, left, s20), Vector512.FusedMultiplyAdd(factor, right, s21));
                factor = Vector512.Create(a3[i]);
                (s30, s31) = (Vector512.FusedMultiplyAdd(factor, left, s30), Vector512.FusedMultiplyAdd(factor, right, s31));
            }
            s00.Store(c + column);
            s01.Store(c + column + Wide);
            s10.Store(c1 + column);
            s11.Store(c1 + column + Wide);
            s20.Store(c2 + column);
            s21.Store(c2 + column + Wide);
            s30.Store(c3 + column);
            s31.Store(c3 + column + Wide);
        }
        for (; column + Wide <= columns; column += Wide)
        {
            var (s0, s1, s2, s3) = (Vector512.Load(c + column), Vector512.Load(c1 + column), Vector512.Load(c2 + column), Vector512.Load(c3 + column));
            var at = b + column;
            for (var p = 0; p < inner; p++, at += columns)
            {
                var factor = Vector512.Load(at);
                var i = p * innerStride;
                s0 = Vector512.FusedMultiplyAdd(Vector512.Create(a[i]), factor, s0);
                s1 = Vector512.FusedMultiplyAdd(Vector512.Create(a1[i]), factor, s1);
                s2 = Vector512.FusedMultiplyAdd(Vector512.Create(a2[i]), factor, s2);
                s3 = Vector512.FusedMultiplyAdd(Vector512.Create(a3[i]), factor, s3);
            }
            s0.Store(c + column);
            s1.Store(c1 + column);
            s2.Store(c2 + column);
            s3.Store(c3 + column);
        }
        for (; column + Narrow <= columns; column += Narrow)
        {
            var (s0, s1, s2, s3) = (Vector128.Load(c + column), Vector128.Load(c1 + column), Vector128.Load(c2 + column), Vector128.Load(c3 + column));
            var at = b + column;
            for (var p = 0; p < inner; p++, at += columns)
            {
                var factor = Vector128.Load(at);
                var i = p * innerStride;
                s0 = Vector128.FusedMultiplyAdd(Vector128.Create(a[i]), factor, s0);
                s1 = Vector128.FusedMultiplyAdd(Vector128.Create(a1[i]), factor, s1);
                s2 = Vector128.FusedMultiplyAdd(Vector128.Create(a2[i]), factor, s2);
                s3 = Vector128.FusedMultiplyAdd(Vector128.Create(a3[i]), factor, s3);
            }
            s0.Store(c + column);
            s1.Store(c1 + column);
            s2.Store(c2 + column);
            s3.Store(c3 + column);
        }
        if (column == columns) return;
        LastColumns(a, innerStride, b, c, inner, columns, column);
        LastColumns(a1, innerStride, b, c1, inner, columns, column);
        LastColumns(a2, innerStride, b, c2, inner, columns, column);
        LastColumns(a3, innerStride, b, c3, inner, columns, column);
    }

    private static void OneRow(float* a, int innerStride, float* b, float* c, int inner, int columns)
    {
        var column = 0;
        for (; column + Wide <= columns; column += Wide)
        {
            var sum = Vector512.Load(c + column);
            var at = b + column;
            for (var p = 0; p < inner; p++, at += columns) sum = Vector512.FusedMultiplyAdd(Vector512.Create(a[p * innerStride]), Vector512.Load(at), sum);
            sum.Store(c + column);
        }
        for (; column + Narrow <= columns; column += Narrow)
        {
            var sum = Vector128.Load(c + column);
            var at = b + column;
            for (var p = 0; p < inner; p++, at += columns) sum = Vector128.FusedMultiplyAdd(Vector128.Create(a[p * innerStride]), Vector128.Load(at), sum);
            sum.Store(c + column);
        }
        LastColumns(a, innerStride, b, c, inner, columns, column);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LastColumns(float* a, int innerStride, float* b, float* c, int inner, int columns, int column)
    {
        for (; column < columns; column++)
        {
            var sum = c[column];
            for (var p = 0; p < inner; p++) sum = MathF.FusedMultiplyAdd(a[p * innerStride], b[(p * columns) + column], sum);
            c[column] = sum;
        }
    }
}

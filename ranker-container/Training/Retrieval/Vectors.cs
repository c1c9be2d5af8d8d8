using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TikTok.Ranker.Training.Retrieval;

/// <summary>The inner loops of training. Sums are formed in an order that depends on the sizes alone, never on the number of threads.</summary>
internal static class Vectors
{
    /// <summary>A tile's sums, 8 × 32, stay in registers.</summary>
    private const int TileRows = 8;
    private const int PanelColumns = 32;

    private const int BlockRows = 64;
    private const int BlockDepth = 256;

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

    /// <summary>product = left · right for <paramref name="rows"/> rows of the left factor.</summary>
    public static void Multiply(DenseMatrix left, int rows, DenseMatrix right, DenseMatrix product) =>
        Multiply(left.Values, left.Columns, 1, rows, left.Columns, right, product.Values);

    /// <summary>product = leftᵀ · right over the first <paramref name="depth"/> rows of both.</summary>
    public static void MultiplyTransposed(DenseMatrix left, int depth, DenseMatrix right, DenseMatrix product) =>
        Multiply(left.Values, 1, left.Columns, left.Columns, depth, right, product.Values);

    /// <summary>
    /// The left factor's element (row, k) lies at row × rowStep + k × depthStep, so that its transpose needs no copy. Blocks of the product in parallel; for each, the right factor's part of
    /// them is copied together, small enough for the nearest cache, and all rows of the block pass over it (Goto and van de Geijn, 2008).
    /// </summary>
    private static void Multiply(float[] left, int rowStep, int depthStep, int rows, int depth, DenseMatrix right, float[] product)
    {
        var columns = right.Columns;
        var panels = (columns + PanelColumns - 1) / PanelColumns;
        Parallel.For(0, panels * ((rows + BlockRows - 1) / BlockRows), job =>
        {
            var (first, column) = (job / panels * BlockRows, job % panels * PanelColumns);
            var (end, width) = (Math.Min(first + BlockRows, rows), Math.Min(PanelColumns, columns - column));
            Span<float> panel = stackalloc float[BlockDepth * PanelColumns];
            for (var from = 0; from < depth; from += BlockDepth)
            {
                var deep = Math.Min(BlockDepth, depth - from);
                for (var k = 0; k < deep; k++) right.Row(from + k).Slice(column, width).CopyTo(panel[(k * PanelColumns)..]);
                for (var row = first; row < end; row += TileRows)
                {
                    var some = Math.Min(TileRows, end - row);
                    var of = left.AsSpan((row * rowStep) + (from * depthStep));
                    var target = product.AsSpan((row * columns) + column);
                    if (some == TileRows && width == PanelColumns) AddTile(of, rowStep, depthStep, deep, panel, target, columns, fresh: from == 0);
                    else AddRest(of, rowStep, depthStep, deep, panel, target, columns, some, width, fresh: from == 0);
                }
            }
        });
    }

    private static void AddTile(ReadOnlySpan<float> left, int rowStep, int depthStep, int depth, ReadOnlySpan<float> panel, Span<float> product, int columns, bool fresh)
    {
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(panel);
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        Vector512<float> c40 = default, c41 = default, c50 = default, c51 = default, c60 = default, c61 = default, c70 = default, c71 = default;
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector512.LoadUnsafe(ref b);
            var b1 = Vector512.LoadUnsafe(ref b, 16);
            Add(a, b0, b1, ref c00, ref c01);
            Add(Unsafe.Add(ref a, rowStep), b0, b1, ref c10, ref c11);
            Add(Unsafe.Add(ref a, 2 * rowStep), b0, b1, ref c20, ref c21);
            Add(Unsafe.Add(ref a, 3 * rowStep), b0, b1, ref c30, ref c31);
            Add(Unsafe.Add(ref a, 4 * rowStep), b0, b1, ref c40, ref c41);
            Add(Unsafe.Add(ref a, 5 * rowStep), b0, b1, ref c50, ref c51);
            Add(Unsafe.Add(ref a, 6 * rowStep), b0, b1, ref c60, ref c61);
            Add(Unsafe.Add(ref a, 7 * rowStep), b0, b1, ref c70, ref c71);
            a = ref Unsafe.Add(ref a, depthStep);
            b = ref Unsafe.Add(ref b, PanelColumns);
        }
        ref var c = ref MemoryMarshal.GetReference(product);
        Store(ref c, c00, c01, fresh);
        Store(ref Unsafe.Add(ref c, columns), c10, c11, fresh);
        Store(ref Unsafe.Add(ref c, 2 * columns), c20, c21, fresh);
        Store(ref Unsafe.Add(ref c, 3 * columns), c30, c31, fresh);
        Store(ref Unsafe.Add(ref c, 4 * columns), c40, c41, fresh);
        Store(ref Unsafe.Add(ref c, 5 * columns), c50, c51, fresh);
        Store(ref Unsafe.Add(ref c, 6 * columns), c60, c61, fresh);
        Store(ref Unsafe.Add(ref c, 7 * columns), c70, c71, fresh);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Add(float a, Vector512<float> b0, Vector512<float> b1, ref Vector512<float> c0, ref Vector512<float> c1)
        {
            var wide = Vector512.Create(a);
            c0 = Vector512.FusedMultiplyAdd(wide, b0, c0);
            c1 = Vector512.FusedMultiplyAdd(wide, b1, c1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Store(ref float to, Vector512<float> first, Vector512<float> second, bool fresh)
        {
            (fresh ? first : first + Vector512.LoadUnsafe(ref to)).StoreUnsafe(ref to);
            (fresh ? second : second + Vector512.LoadUnsafe(ref to, 16)).StoreUnsafe(ref to, 16);
        }
    }

    /// <summary>What of the product no whole tile covers.</summary>
    private static void AddRest(
        ReadOnlySpan<float> left, int rowStep, int depthStep, int depth, ReadOnlySpan<float> panel, Span<float> product, int columns, int rows, int width, bool fresh)
    {
        for (var row = 0; row < rows; row++)
        {
            var target = product.Slice(row * columns, width);
            if (fresh) target.Clear();
            for (var k = 0; k < depth; k++) AddScaled(panel.Slice(k * PanelColumns, width), left[(row * rowStep) + (k * depthStep)], target);
        }
    }
}

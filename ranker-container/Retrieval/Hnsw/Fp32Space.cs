using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>Components as fp32, filled up with zeros to whole cache lines, which no distance notices and which spares the loops their tails.</summary>
internal readonly unsafe struct Fp32Space<TMeasure> : IVectorSpace
    where TMeasure : struct, IFp32Measure
{
    private const int Lane = 16;

    public static int StoredBytes(int dimension) => Padded(dimension) * sizeof(float);

    public static int WalkedBytes(int dimension) => StoredBytes(dimension);

    public static bool Refines => false;

    public static int QueryBytes(int dimension) => StoredBytes(dimension);

    public static void Store(ReadOnlySpan<float> vector, byte* stored)
    {
        var target = new Span<float>(stored, Padded(vector.Length));
        vector.CopyTo(target);
        target[vector.Length..].Clear();
        if (TMeasure.Normalizes) VectorScaling.ToUnitLength(target[..vector.Length]);
    }

    public static void Ask(ReadOnlySpan<float> vector, byte* query) => Store(vector, query);

    public static void Restore(byte* stored, Span<float> vector) => new ReadOnlySpan<float>(stored, vector.Length).CopyTo(vector);

    public static byte* AsQuery(byte* stored, byte* scratch, int dimension) => stored;

    [SkipLocalsInit]
    public static void Distances(byte* query, byte** stored, int count, int dimension, float* distances)
    {
        var q = (float*)query;
        var length = (nuint)Padded(dimension);
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            // Four at a time: the query is read once for four, their sums do not wait for each other, and are added up together.
            for (var filled = count; filled % 4 != 0; filled++) stored[filled] = stored[0];
            for (; i < count; i += 4)
                Four(q, (float*)stored[i], (float*)stored[i + 1], (float*)stored[i + 2], (float*)stored[i + 3], length, distances + i);
            return;
        }

        for (; i < count; i++)
        {
            var v = (float*)stored[i];
            var (even, odd) = (Vector<float>.Zero, Vector<float>.Zero);
            nuint d = 0;
            for (; d + (2 * (nuint)Vector<float>.Count) <= length; d += 2 * (nuint)Vector<float>.Count)
            {
                even = TMeasure.Add(even, Vector.Load(q + d), Vector.Load(v + d));
                odd = TMeasure.Add(odd, Vector.Load(q + d + Vector<float>.Count), Vector.Load(v + d + Vector<float>.Count));
            }

            for (; d < length; d += (nuint)Vector<float>.Count) even = TMeasure.Add(even, Vector.Load(q + d), Vector.Load(v + d));
            distances[i] = TMeasure.Distance(Vector.Sum(even + odd));
        }
    }

    public static float Refine(byte* query, byte* stored, int dimension) => throw new NotSupportedException();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(float* q, float* a, float* b, float* c, float* e, nuint length, float* distances)
    {
        var (sa, sb, sc, se) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (nuint d = 0; d < length; d += Lane)
        {
            var x = Vector512.Load(q + d);
            sa = TMeasure.Add(sa, x, Vector512.Load(a + d));
            sb = TMeasure.Add(sb, x, Vector512.Load(b + d));
            sc = TMeasure.Add(sc, x, Vector512.Load(c + d));
            se = TMeasure.Add(se, x, Vector512.Load(e + d));
        }

        TMeasure.Distance(FourSums.Of(Half(sa), Half(sb), Half(sc), Half(se))).Store(distances);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Half(Vector512<float> sum) => sum.GetLower() + sum.GetUpper();

    private static int Padded(int dimension) => (dimension + Lane - 1) / Lane * Lane;
}

/// <summary>One step of a distance, and its end.</summary>
internal interface IFp32Measure
{
    static abstract bool Normalizes { get; }
    static abstract Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b);
    static abstract Vector<float> Add(Vector<float> sum, Vector<float> a, Vector<float> b);
    static abstract float Distance(float sum);
    static abstract Vector128<float> Distance(Vector128<float> sums);
}

internal readonly struct CosineMeasure : IFp32Measure
{
    public static bool Normalizes => true;
    public static Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b) => Vector512.FusedMultiplyAdd(a, b, sum);
    public static Vector<float> Add(Vector<float> sum, Vector<float> a, Vector<float> b) => Vector.FusedMultiplyAdd(a, b, sum);

    // The product of a vector of length 1 with itself may come out a little above 1.
    public static float Distance(float sum) => MathF.Max(0, 1 - sum);
    public static Vector128<float> Distance(Vector128<float> sums) => Vector128.Max(Vector128<float>.Zero, Vector128<float>.One - sums);
}

internal readonly struct SquaredEuclideanMeasure : IFp32Measure
{
    public static bool Normalizes => false;
    public static float Distance(float sum) => sum;
    public static Vector128<float> Distance(Vector128<float> sums) => sums;

    public static Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b)
    {
        var difference = a - b;
        return Vector512.FusedMultiplyAdd(difference, difference, sum);
    }

    public static Vector<float> Add(Vector<float> sum, Vector<float> a, Vector<float> b)
    {
        var difference = a - b;
        return Vector.FusedMultiplyAdd(difference, difference, sum);
    }
}

internal static class FourSums
{
    /// <summary>The sums of the components of four vectors, one beside the other. Needs AVX.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Of(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        var sums = Avx.HorizontalAdd(Avx.HorizontalAdd(a, b), Avx.HorizontalAdd(c, d));
        return sums.GetLower() + sums.GetUpper();
    }
}

internal static class VectorScaling
{
    /// <summary>A vector of zeros stays one: it is at distance 1 from everything.</summary>
    public static void ToUnitLength(Span<float> vector)
    {
        // Divided by the largest first: squares of large or small components leave the range of a float.
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude<float>(vector));
        if (largest == 0) return;
        TensorPrimitives.Divide(vector, largest, vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
    }
}

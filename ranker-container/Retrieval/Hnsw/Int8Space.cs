using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>
/// Components as signed bytes, each vector by a scale of its own, so that no range has to be known beforehand; the walk through the graph reads nothing else. Behind
/// them lie 8 bits more of each component, by which the few that are answered with are put in their right order. A query has components of 13 bits: what it is rounded
/// by is small beside what the bytes are rounded by. The product of the two is exact in 32 bits.
/// </summary>
internal readonly unsafe struct Int8Space<TMeasure> : IVectorSpace
    where TMeasure : struct, IInt8Measure
{
    private const int Lane = 32;
    private const int FineStep = 256;
    private const int StoredRange = 127 * FineStep;

    // 127 · 4,095 · 4,096 components < 2³¹.
    private const int QueryRange = 4_095;

    public static int StoredBytes(int dimension) => 2 * WalkedBytes(dimension);

    public static int WalkedBytes(int dimension) => Padded(dimension) + (TMeasure.Factors * sizeof(float));

    public static bool Refines => true;

    public static int QueryBytes(int dimension) => (Padded(dimension) * sizeof(short)) + (TMeasure.Factors * sizeof(float));

    public static void Store(ReadOnlySpan<float> vector, byte* stored)
    {
        var length = Padded(vector.Length);
        new Span<byte>(stored, StoredBytes(vector.Length)).Clear();
        var scale = Scale(vector, StoredRange);
        var coarse = (sbyte*)stored;
        var fine = (sbyte*)stored + WalkedBytes(vector.Length);
        double coarseSquares = 0;
        double fineSquares = 0;
        for (var i = 0; i < vector.Length; i++)
        {
            // To the nearest: −128 to 127 remain.
            var component = (int)MathF.Round(vector[i] / scale);
            coarse[i] = (sbyte)((component + (FineStep / 2)) >> 8);
            fine[i] = (sbyte)(component - (coarse[i] * FineStep));
            coarseSquares += coarse[i] * coarse[i];
            fineSquares += (double)component * component;
        }

        TMeasure.SetFactors((float*)(coarse + length), scale * FineStep, coarseSquares);
        TMeasure.SetFactors((float*)(fine + length), scale, fineSquares);
    }

    public static void Ask(ReadOnlySpan<float> vector, byte* query)
    {
        var length = Padded(vector.Length);
        new Span<short>(query, length).Clear();
        var scale = Scale(vector, QueryRange);
        var components = (short*)query;
        double squares = 0;
        for (var i = 0; i < vector.Length; i++)
        {
            components[i] = (short)MathF.Round(vector[i] / scale);
            squares += components[i] * components[i];
        }

        TMeasure.SetFactors((float*)(components + length), scale, squares);
    }

    public static void Restore(byte* stored, Span<float> vector)
    {
        var fine = (sbyte*)stored + WalkedBytes(vector.Length);
        var scale = ((float*)(fine + Padded(vector.Length)))[0];
        for (var i = 0; i < vector.Length; i++) vector[i] = ((((sbyte*)stored)[i] * FineStep) + fine[i]) * scale;
    }

    public static float Refine(byte* query, byte* stored, int dimension)
    {
        var length = (nuint)Padded(dimension);
        var q = (short*)query;
        var fine = (sbyte*)stored + WalkedBytes(dimension);
        var product = ((long)Product(q, (sbyte*)stored, length) * FineStep) + Product(q, fine, length);
        return TMeasure.Distance(product, (float*)(q + length), (float*)(fine + length));
    }

    public static byte* AsQuery(byte* stored, byte* scratch, int dimension)
    {
        var length = Padded(dimension);
        for (var d = 0; d < length; d += Lane)
        {
            var (low, high) = Vector256.Widen(Vector256.Load((sbyte*)stored + d));
            low.Store((short*)scratch + d);
            high.Store((short*)scratch + d + Vector256<short>.Count);
        }

        for (var f = 0; f < TMeasure.Factors; f++) ((float*)(scratch + (length * sizeof(short))))[f] = ((float*)(stored + length))[f];
        return scratch;
    }

    [SkipLocalsInit]
    public static void Distances(byte* query, byte** stored, int count, int dimension, float* distances)
    {
        var length = (nuint)Padded(dimension);
        var q = (short*)query;
        var factors = (float*)(q + length);
        var i = 0;
        if (Avx512BW.IsSupported)
        {
            for (var filled = count; filled % 4 != 0; filled++) stored[filled] = stored[0];
            for (; i < count; i += 4) Four(q, factors, stored + i, length, distances + i);
            return;
        }

        for (; i < count; i++)
        {
            var v = (sbyte*)stored[i];
            distances[i] = TMeasure.Distance(Product(q, v, length), factors, (float*)(v + length));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(short* q, float* factors, byte** stored, nuint length, float* distances)
    {
        var a = (sbyte*)stored[0];
        var b = (sbyte*)stored[1];
        var c = (sbyte*)stored[2];
        var e = (sbyte*)stored[3];
        var (sa, sb, sc, se) = (Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero);
        for (nuint d = 0; d < length; d += Lane)
        {
            var x = Vector512.Load(q + d);
            sa += Avx512BW.MultiplyAddAdjacent(x, Avx512BW.ConvertToVector512Int16(Vector256.Load(a + d)));
            sb += Avx512BW.MultiplyAddAdjacent(x, Avx512BW.ConvertToVector512Int16(Vector256.Load(b + d)));
            sc += Avx512BW.MultiplyAddAdjacent(x, Avx512BW.ConvertToVector512Int16(Vector256.Load(c + d)));
            se += Avx512BW.MultiplyAddAdjacent(x, Avx512BW.ConvertToVector512Int16(Vector256.Load(e + d)));
        }

        var sums = Avx2.HorizontalAdd(Avx2.HorizontalAdd(Half(sa), Half(sb)), Avx2.HorizontalAdd(Half(sc), Half(se)));
        var products = Vector128.ConvertToSingle(sums.GetLower() + sums.GetUpper());
        TMeasure.Distance(products, factors, (float*)(a + length), (float*)(b + length), (float*)(c + length), (float*)(e + length)).Store(distances);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Product(short* q, sbyte* v, nuint length)
    {
        if (Avx512BW.IsSupported)
        {
            var sum = Vector512<int>.Zero;
            for (nuint d = 0; d < length; d += Lane)
                sum += Avx512BW.MultiplyAddAdjacent(Vector512.Load(q + d), Avx512BW.ConvertToVector512Int16(Vector256.Load(v + d)));
            return Vector512.Sum(sum);
        }

        if (Avx2.IsSupported)
        {
            var sum = Vector256<int>.Zero;
            for (nuint d = 0; d < length; d += Lane / 2)
                sum += Avx2.MultiplyAddAdjacent(Vector256.Load(q + d), Avx2.ConvertToVector256Int16(Vector128.Load(v + d)));
            return Vector256.Sum(sum);
        }

        var total = Vector128<int>.Zero;
        for (nuint d = 0; d < length; d += Lane / 4)
        {
            var (qLow, qHigh) = Vector128.Widen(Vector128.Load(q + d));
            var (vLow, vHigh) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalar(*(long*)(v + d)).AsSByte()));
            total += (qLow * vLow) + (qHigh * vHigh);
        }

        return Vector128.Sum(total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Half(Vector512<int> sum) => sum.GetLower() + sum.GetUpper();

    private static float Scale(ReadOnlySpan<float> vector, int range)
    {
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(vector));

        // A scale below the smallest normal number would divide to infinity; components that small are zero.
        return MathF.Max(largest / range, 1e-37f);
    }

    private static int Padded(int dimension) => (dimension + Lane - 1) / Lane * Lane;
}

/// <summary>What a distance needs beside the integers' product.</summary>
internal unsafe interface IInt8Measure
{
    /// <summary>How many floats lie behind the components. The first is the scale, up to a factor that the distance does not depend on.</summary>
    static abstract int Factors { get; }
    static abstract void SetFactors(float* factors, float scale, double squares);
    static abstract float Distance(long product, float* query, float* stored);
    static abstract Vector128<float> Distance(Vector128<float> products, float* query, float* a, float* b, float* c, float* d);
}

/// <summary>The scale is what makes the rounded vector's length 1.</summary>
internal readonly unsafe struct Int8CosineMeasure : IInt8Measure
{
    public static int Factors => 1;
    public static void SetFactors(float* factors, float scale, double squares) => factors[0] = squares == 0 ? 0 : (float)(1 / Math.Sqrt(squares));
    public static float Distance(long product, float* query, float* stored) => MathF.Max(0, 1 - (product * (query[0] * stored[0])));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Distance(Vector128<float> products, float* query, float* a, float* b, float* c, float* d) =>
        Vector128.Max(Vector128<float>.Zero, Vector128<float>.One - (products * (Vector128.Create(query[0]) * Vector128.Create(*a, *b, *c, *d))));
}

/// <summary>|q|² + |v|² − 2 q·v.</summary>
internal readonly unsafe struct Int8SquaredEuclideanMeasure : IInt8Measure
{
    public static int Factors => 2;

    public static void SetFactors(float* factors, float scale, double squares)
    {
        factors[0] = scale;
        factors[1] = (float)(squares * scale * scale);
    }

    public static float Distance(long product, float* query, float* stored) =>
        MathF.Max(0, query[1] + stored[1] - (2f * product * (query[0] * stored[0])));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Distance(Vector128<float> products, float* query, float* a, float* b, float* c, float* d)
    {
        var scales = Vector128.Create(2 * query[0]) * Vector128.Create(*a, *b, *c, *d);
        var squares = Vector128.Create(query[1]) + Vector128.Create(a[1], b[1], c[1], d[1]);
        return Vector128.Max(Vector128<float>.Zero, squares - (products * scales));
    }
}

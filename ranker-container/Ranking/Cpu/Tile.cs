using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TikTok.Ranker.Ranking.Cpu;

/// <summary>
/// Arithmetic on 32 videos at once. A value of all of them is a row of 32 floats, two vectors; what a layer reads and writes are rows one after the other. So each
/// weight is loaded once for 32 products, and there is nothing to sum up across a vector. Compiled in full at once: in the first tier a request takes 60 times as long.
/// </summary>
internal static unsafe class Tile
{
    /// <summary>Videos.</summary>
    public const int Width = 32;

    /// <summary>Where rows begin, in floats.</summary>
    public const int Alignment = 16;

    private const int Half = 16;

    /// <summary>y = x·W + b, of which only what is positive is kept if that is asked for.</summary>
    /// <param name="weights">Inputs × outputs.</param>
    /// <param name="stride">From one input's weights to the next's.</param>
    /// <param name="outputs">A multiple of four.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Layer(float* x, int inputs, float* weights, int stride, float* bias, float* y, int outputs, bool relu)
    {
        var floor = Vector512.Create(relu ? 0 : float.NegativeInfinity);
        var j = 0;
        for (; j + 8 <= outputs; j += 8) EightOutputs(x, inputs, weights + j, bias + j, y + (j * Width), stride, floor);
        for (; j < outputs; j += 4) FourOutputs(x, inputs, weights + j, bias + j, y + (j * Width), stride, floor);
    }

    // Sixteen sums, two of the inputs and a weight: what 32 registers hold, and more independent sums than a multiplier has steps.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightOutputs(float* x, int inputs, float* weights, float* bias, float* y, int stride, Vector512<float> floor)
    {
        Vector512<float> a0 = Vector512.Create(bias[0]), b0 = a0, a1 = Vector512.Create(bias[1]), b1 = a1;
        Vector512<float> a2 = Vector512.Create(bias[2]), b2 = a2, a3 = Vector512.Create(bias[3]), b3 = a3;
        Vector512<float> a4 = Vector512.Create(bias[4]), b4 = a4, a5 = Vector512.Create(bias[5]), b5 = a5;
        Vector512<float> a6 = Vector512.Create(bias[6]), b6 = a6, a7 = Vector512.Create(bias[7]), b7 = a7;
        for (var i = 0; i < inputs; i++, x += Width, weights += stride)
        {
            Vector512<float> a = Vector512.Load(x), b = Vector512.Load(x + Half);
            Add(a, b, weights[0], ref a0, ref b0);
            Add(a, b, weights[1], ref a1, ref b1);
            Add(a, b, weights[2], ref a2, ref b2);
            Add(a, b, weights[3], ref a3, ref b3);
            Add(a, b, weights[4], ref a4, ref b4);
            Add(a, b, weights[5], ref a5, ref b5);
            Add(a, b, weights[6], ref a6, ref b6);
            Add(a, b, weights[7], ref a7, ref b7);
        }
        Store(y, a0, b0, floor);
        Store(y + Width, a1, b1, floor);
        Store(y + (2 * Width), a2, b2, floor);
        Store(y + (3 * Width), a3, b3, floor);
        Store(y + (4 * Width), a4, b4, floor);
        Store(y + (5 * Width), a5, b5, floor);
        Store(y + (6 * Width), a6, b6, floor);
        Store(y + (7 * Width), a7, b7, floor);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourOutputs(float* x, int inputs, float* weights, float* bias, float* y, int stride, Vector512<float> floor)
    {
        Vector512<float> a0 = Vector512.Create(bias[0]), b0 = a0, a1 = Vector512.Create(bias[1]), b1 = a1;
        Vector512<float> a2 = Vector512.Create(bias[2]), b2 = a2, a3 = Vector512.Create(bias[3]), b3 = a3;
        for (var i = 0; i < inputs; i++, x += Width, weights += stride)
        {
            Vector512<float> a = Vector512.Load(x), b = Vector512.Load(x + Half);
            Add(a, b, weights[0], ref a0, ref b0);
            Add(a, b, weights[1], ref a1, ref b1);
            Add(a, b, weights[2], ref a2, ref b2);
            Add(a, b, weights[3], ref a3, ref b3);
        }
        Store(y, a0, b0, floor);
        Store(y + Width, a1, b1, floor);
        Store(y + (2 * Width), a2, b2, floor);
        Store(y + (3 * Width), a3, b3, floor);
    }

    /// <summary>The inner products of all pairs (i > j) of five fields: (1,0) (2,0) (2,1) (3,0) …</summary>
    /// <param name="fields">Five times <paramref name="size"/> rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PairsOfFive(float* fields, int size, float* y)
    {
        for (var half = 0; half < Width; half += Half)
        {
            var (p10, p20, p21, p30, p31) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            var (p32, p40, p41, p42, p43) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            var field = size * Width;
            for (var at = fields + half; at < fields + field; at += Width)
            {
                Vector512<float> f0 = Vector512.Load(at), f1 = Vector512.Load(at + field), f2 = Vector512.Load(at + (2 * field));
                Vector512<float> f3 = Vector512.Load(at + (3 * field)), f4 = Vector512.Load(at + (4 * field));
                p10 = Vector512.FusedMultiplyAdd(f1, f0, p10);
                p20 = Vector512.FusedMultiplyAdd(f2, f0, p20);
                p21 = Vector512.FusedMultiplyAdd(f2, f1, p21);
                p30 = Vector512.FusedMultiplyAdd(f3, f0, p30);
                p31 = Vector512.FusedMultiplyAdd(f3, f1, p31);
                p32 = Vector512.FusedMultiplyAdd(f3, f2, p32);
                p40 = Vector512.FusedMultiplyAdd(f4, f0, p40);
                p41 = Vector512.FusedMultiplyAdd(f4, f1, p41);
                p42 = Vector512.FusedMultiplyAdd(f4, f2, p42);
                p43 = Vector512.FusedMultiplyAdd(f4, f3, p43);
            }
            var to = y + half;
            p10.Store(to);
            p20.Store(to + Width);
            p21.Store(to + (2 * Width));
            p30.Store(to + (3 * Width));
            p31.Store(to + (4 * Width));
            p32.Store(to + (5 * Width));
            p40.Store(to + (6 * Width));
            p41.Store(to + (7 * Width));
            p42.Store(to + (8 * Width));
            p43.Store(to + (9 * Width));
        }
    }

    /// <summary>Makes shares that sum to one of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SoftmaxOfFour(float* x)
    {
        for (var at = x; at < x + Width; at += Half)
        {
            Vector512<float> x0 = Vector512.Load(at), x1 = Vector512.Load(at + Width), x2 = Vector512.Load(at + (2 * Width)), x3 = Vector512.Load(at + (3 * Width));
            var largest = Vector512.Max(Vector512.Max(x0, x1), Vector512.Max(x2, x3));
            (x0, x1, x2, x3) = (Vector512.Exp(x0 - largest), Vector512.Exp(x1 - largest), Vector512.Exp(x2 - largest), Vector512.Exp(x3 - largest));
            var scale = Vector512<float>.One / (x0 + x1 + x2 + x3);
            (x0 * scale).Store(at);
            (x1 * scale).Store(at + Width);
            (x2 * scale).Store(at + (2 * Width));
            (x3 * scale).Store(at + (3 * Width));
        }
    }

    /// <summary>The sum of four groups of rows, each weighed by a row of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MixFour(float* shares, float* x, int rows, float* y)
    {
        var group = rows * Width;
        for (var half = 0; half < Width; half += Half)
        {
            var share = shares + half;
            Vector512<float> s0 = Vector512.Load(share), s1 = Vector512.Load(share + Width);
            Vector512<float> s2 = Vector512.Load(share + (2 * Width)), s3 = Vector512.Load(share + (3 * Width));
            for (var i = half; i < group; i += Width)
            {
                var sum = s0 * Vector512.Load(x + i);
                sum = Vector512.FusedMultiplyAdd(s1, Vector512.Load(x + group + i), sum);
                sum = Vector512.FusedMultiplyAdd(s2, Vector512.Load(x + (2 * group) + i), sum);
                Vector512.FusedMultiplyAdd(s3, Vector512.Load(x + (3 * group) + i), sum).Store(y + i);
            }
        }
    }

    /// <summary>y = sigmoid(x·w + b), a single row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sigmoid(float* x, int inputs, float* weights, float bias, float* y)
    {
        Vector512<float> a = Vector512.Create(bias), b = a;
        for (var i = 0; i < inputs; i++, x += Width) Add(Vector512.Load(x), Vector512.Load(x + Half), weights[i], ref a, ref b);
        (Vector512<float>.One / (Vector512<float>.One + Vector512.Exp(-a))).Store(y);
        (Vector512<float>.One / (Vector512<float>.One + Vector512.Exp(-b))).Store(y + Half);
    }

    /// <summary>Turns videos' values, each video's one after the other, into rows.</summary>
    /// <param name="values">Of a video; a multiple of four.</param>
    /// <param name="count">Videos; for those that are missing to 32 there are zeros.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read(float* videos, int values, int count, float* rows)
    {
        if (count == Width)
        {
            for (var video = 0; video < Width; video += 4, videos += 4 * values, rows += 4)
            {
                for (var value = 0; value < values; value += 4) FourByFour(videos + value, values, rows + (value * Width));
            }
            return;
        }
        new Span<float>(rows, values * Width).Clear();
        for (var video = 0; video < count; video++)
        {
            for (var value = 0; value < values; value++) rows[(value * Width) + video] = videos[(video * values) + value];
        }
    }

    /// <summary>The reverse of reading.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(float* rows, int values, Span<float> videos)
    {
        for (var video = 0; video < videos.Length / values; video++)
        {
            for (var value = 0; value < values; value++) videos[(video * values) + value] = rows[(value * Width) + video];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourByFour(float* from, int stride, float* to)
    {
        if (Sse.IsSupported)
        {
            Vector128<float> v0 = Vector128.Load(from), v1 = Vector128.Load(from + stride), v2 = Vector128.Load(from + (2 * stride)), v3 = Vector128.Load(from + (3 * stride));
            Vector128<float> low01 = Sse.UnpackLow(v0, v1), high01 = Sse.UnpackHigh(v0, v1), low23 = Sse.UnpackLow(v2, v3), high23 = Sse.UnpackHigh(v2, v3);
            Sse.MoveLowToHigh(low01, low23).Store(to);
            Sse.MoveHighToLow(low23, low01).Store(to + Width);
            Sse.MoveLowToHigh(high01, high23).Store(to + (2 * Width));
            Sse.MoveHighToLow(high23, high01).Store(to + (3 * Width));
            return;
        }
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 4; j++) to[(j * Width) + i] = from[(i * stride) + j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector512<float> a, Vector512<float> b, float weight, ref Vector512<float> sumA, ref Vector512<float> sumB)
    {
        var w = Vector512.Create(weight);
        sumA = Vector512.FusedMultiplyAdd(a, w, sumA);
        sumB = Vector512.FusedMultiplyAdd(b, w, sumB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* y, Vector512<float> a, Vector512<float> b, Vector512<float> floor)
    {
        Vector512.Max(a, floor).Store(y);
        Vector512.Max(b, floor).Store(y + Half);
    }
}

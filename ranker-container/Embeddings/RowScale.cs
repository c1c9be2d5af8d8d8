using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace TikTok.Ranker.Embeddings;

/// <summary>Vectors as signed bytes with one scale: the largest component becomes ±127.</summary>
public static class RowScale
{
    private const float Steps = 127;

    /// <returns>The scale; 0 for a vector of zeros.</returns>
    public static float Quantise(ReadOnlySpan<float> vector, Span<sbyte> bytes)
    {
        var scale = Math.Abs(TensorPrimitives.MaxMagnitude(vector)) / Steps;
        var perScale = scale > 0 ? 1 / scale : 0;

        // A scale so small that its inverse is infinite stands for components nobody could tell from 0.
        if (!float.IsFinite(perScale)) (scale, perScale) = (0, 0);
        for (var i = 0; i < vector.Length; i++) bytes[i] = (sbyte)MathF.Round(vector[i] * perScale);
        return scale;
    }

    public static void Restore(ReadOnlySpan<sbyte> bytes, float scale, Span<float> vector)
    {
        var scales = new Vector<float>(scale);
        var i = 0;
        for (; i + Vector<sbyte>.Count <= bytes.Length; i += Vector<sbyte>.Count)
        {
            Vector.Widen(new Vector<sbyte>(bytes[i..]), out var low, out var high);
            Vector.Widen(low, out var first, out var second);
            Vector.Widen(high, out var third, out var fourth);
            var into = MemoryMarshal.Cast<float, Vector<float>>(vector.Slice(i, Vector<sbyte>.Count));
            into[0] = Vector.ConvertToSingle(first) * scales;
            into[1] = Vector.ConvertToSingle(second) * scales;
            into[2] = Vector.ConvertToSingle(third) * scales;
            into[3] = Vector.ConvertToSingle(fourth) * scales;
        }
        for (; i < bytes.Length; i++) vector[i] = bytes[i] * scale;
    }
}

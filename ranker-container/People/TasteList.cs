using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TikTok.Ranker.Features;

namespace TikTok.Ranker.People;

/// <summary><see cref="Tastes"/> as they are kept between requests: twelve bytes an id, and no more ids than the person has met.</summary>
internal struct TasteList
{
    private const int LeastCapacity = 4;

    private long[] _ids = [];
    private float[] _weights = [];
    private int _count;

    public TasteList()
    {
    }

    /// <summary>Moves an id's weight towards <paramref name="signal"/>, by the share <paramref name="rate"/> of what lies between.</summary>
    public void Learn(long id, float rate, float signal)
    {
        if (id == FeatureId.None) return;
        ref var weight = ref WeightOf(id);
        weight += rate * (signal - weight);
    }

    public void Add(long id, float amount)
    {
        if (id != FeatureId.None) WeightOf(id) += amount;
    }

    public readonly void Decay(float factor) => TensorPrimitives.Multiply(_weights.AsSpan(0, _count), factor, _weights.AsSpan(0, _count));

    public readonly void CopyTo(Tastes tastes) => tastes.Set(_ids.AsSpan(0, _count), _weights.AsSpan(0, _count));

    public readonly void Save(BinaryWriter writer)
    {
        writer.Write((byte)_count);
        writer.Write(MemoryMarshal.AsBytes(_ids.AsSpan(0, _count)));
        writer.Write(MemoryMarshal.AsBytes(_weights.AsSpan(0, _count)));
    }

    /// <exception cref="InvalidDataException">It is not what <see cref="Save"/> wrote.</exception>
    public static TasteList Load(BinaryReader reader)
    {
        var count = reader.ReadByte();
        if (count > Tastes.Capacity) throw new InvalidDataException($"There are {count} tastes where {Tastes.Capacity} are the most.");
        var list = new TasteList { _ids = new long[CapacityFor(count)], _weights = new float[CapacityFor(count)], _count = count };
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(list._ids.AsSpan(0, count)));
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(list._weights.AsSpan(0, count)));
        return list;
    }

    /// <summary>A new id takes the place of the one that weighs least when all are taken.</summary>
    private ref float WeightOf(long id)
    {
        var at = _ids.AsSpan(0, _count).IndexOf(id);
        if (at >= 0) return ref _weights[at];
        if (_count == Tastes.Capacity)
        {
            at = TensorPrimitives.IndexOfMinMagnitude<float>(_weights);
        }
        else
        {
            at = _count++;
            if (at == _ids.Length)
            {
                Array.Resize(ref _ids, CapacityFor(_count));
                Array.Resize(ref _weights, CapacityFor(_count));
            }
        }
        (_ids[at], _weights[at]) = (id, 0);
        return ref _weights[at];
    }

    private static int CapacityFor(int count) => count == 0 ? 0 : Math.Max(LeastCapacity, (int)BitOperations.RoundUpToPowerOf2((uint)count));
}

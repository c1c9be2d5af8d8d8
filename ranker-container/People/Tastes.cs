using TikTok.Ranker.Features;

namespace TikTok.Ranker.People;

/// <summary>Weights by id for the ids that weigh most: a small open-addressed table of fixed size, quick to copy and to ask 5,000 times.</summary>
public sealed class Tastes
{
    /// <summary>Ids kept; a new one takes the place of the one that weighs least.</summary>
    public const int Capacity = 128;

    private const int Slots = 256;

    private readonly long[] _ids = new long[Slots];
    private readonly float[] _weights = new float[Slots];

    public int Count { get; private set; }

    /// <summary>0 for an id that is not here.</summary>
    public float this[long id]
    {
        get
        {
            for (var slot = SlotOf(id); _ids[slot] != FeatureId.None; slot = (slot + 1) & (Slots - 1))
            {
                if (_ids[slot] == id) return _weights[slot];
            }
            return 0;
        }
    }

    /// <summary>Adds to an id's weight.</summary>
    public void Add(long id, float weight)
    {
        if (id == FeatureId.None) return;
        var slot = SlotOf(id);
        while (_ids[slot] != FeatureId.None && _ids[slot] != id) slot = (slot + 1) & (Slots - 1);
        if (_ids[slot] == id)
        {
            _weights[slot] += weight;
            return;
        }
        if (Count == Capacity)
        {
            RemoveLeast();
            Add(id, weight);
            return;
        }
        (_ids[slot], _weights[slot]) = (id, weight);
        Count++;
    }

    /// <summary>Replaces everything.</summary>
    /// <param name="ids">Distinct, none of them <see cref="FeatureId.None"/>, at most <see cref="Capacity"/>.</param>
    /// <param name="weights">One for each.</param>
    public void Set(ReadOnlySpan<long> ids, ReadOnlySpan<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Length, Capacity);
        Array.Clear(_ids);
        Count = ids.Length;
        for (var i = 0; i < ids.Length; i++)
        {
            var slot = SlotOf(ids[i]);
            while (_ids[slot] != FeatureId.None) slot = (slot + 1) & (Slots - 1);
            (_ids[slot], _weights[slot]) = (ids[i], weights[i]);
        }
    }

    public void Scale(float factor)
    {
        for (var slot = 0; slot < Slots; slot++) _weights[slot] *= factor;
    }

    public void Clear()
    {
        Array.Clear(_ids);
        Array.Clear(_weights);
        Count = 0;
    }

    public void CopyTo(Tastes other)
    {
        _ids.CopyTo(other._ids, 0);
        _weights.CopyTo(other._weights, 0);
        other.Count = Count;
    }

    /// <summary>The ids of the largest weights above 0, largest first.</summary>
    /// <returns>How many there were room for.</returns>
    public int Top(Span<long> ids, Span<float> weights)
    {
        var found = 0;
        for (var slot = 0; slot < Slots; slot++)
        {
            var weight = _weights[slot];
            if (_ids[slot] == FeatureId.None || weight <= 0) continue;
            var at = found;
            while (at > 0 && weights[at - 1] < weight) at--;
            if (at == ids.Length) continue;
            found = Math.Min(found + 1, ids.Length);
            for (var i = found - 1; i > at; i--) (ids[i], weights[i]) = (ids[i - 1], weights[i - 1]);
            (ids[at], weights[at]) = (_ids[slot], weight);
        }
        return found;
    }

    /// <summary>Takes out the smallest magnitude, and puts in again what lay behind it.</summary>
    private void RemoveLeast()
    {
        var least = -1;
        for (var slot = 0; slot < Slots; slot++)
        {
            if (_ids[slot] != FeatureId.None && (least < 0 || MathF.Abs(_weights[slot]) < MathF.Abs(_weights[least]))) least = slot;
        }
        _ids[least] = FeatureId.None;
        Count--;
        for (var slot = (least + 1) & (Slots - 1); _ids[slot] != FeatureId.None; slot = (slot + 1) & (Slots - 1))
        {
            var (id, weight) = (_ids[slot], _weights[slot]);
            _ids[slot] = FeatureId.None;
            Count--;
            Add(id, weight);
        }
    }

    // Ids are hashes already.
    private static int SlotOf(long id) => (int)((ulong)id >> 56);
}

using System.Runtime.InteropServices;

namespace TikTok.Ranker.Training.Online;

/// <summary>Keys with a small value each, for a while: bounded in time and number. The oldest go first.</summary>
internal sealed class ExpiringKeys(uint lifetime, int capacity)
{
    private readonly Dictionary<long, KeyValue> _values = [];
    private readonly Queue<(long Key, uint At)> _order = new();

    public int Count => _values.Count;

    /// <summary>Sets a key's value, and begins its time anew.</summary>
    public void Set(long key, long value, uint at)
    {
        _values[key] = new KeyValue(value, at);
        _order.Enqueue((key, at));
        while (_order.Count > capacity) Drop();
    }

    public bool TryGet(long key, out long value)
    {
        var found = _values.TryGetValue(key, out var kept);
        value = kept.Value;
        return found;
    }

    /// <summary>Changes a value; its time goes on.</summary>
    public void Change(long key, long value)
    {
        ref var kept = ref CollectionsMarshal.GetValueRefOrNullRef(_values, key);
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref kept)) kept = kept with { Value = value };
    }

    public void Remove(long key) => _values.Remove(key);

    public void Expire(uint now)
    {
        while (_order.TryPeek(out var oldest) && oldest.At + lifetime < now) Drop();
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_order.Count);
        foreach (var (key, at) in _order)
        {
            var isCurrent = _values.TryGetValue(key, out var kept) && kept.At == at;
            writer.Write(key);
            writer.Write(at);
            writer.Write(isCurrent);
            writer.Write(isCurrent ? kept.Value : 0);
        }
    }

    public void Load(BinaryReader reader)
    {
        _values.Clear();
        _order.Clear();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var (key, at) = (reader.ReadInt64(), reader.ReadUInt32());
            var (isCurrent, value) = (reader.ReadBoolean(), reader.ReadInt64());
            _order.Enqueue((key, at));
            if (isCurrent) _values[key] = new KeyValue(value, at);
        }
    }

    /// <summary>A key that was set again since is further back as well.</summary>
    private void Drop()
    {
        var (key, at) = _order.Dequeue();
        if (_values.TryGetValue(key, out var kept) && kept.At == at) _values.Remove(key);
    }

    private readonly record struct KeyValue(long Value, uint At);
}

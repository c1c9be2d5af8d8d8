using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TikTok.Ranker.State;

namespace TikTok.Ranker.Videos;

/// <summary>A little state for each of the people who acted last: a set-associative cache of fixed size. A person not seen for long makes room for another.</summary>
/// <remarks>One thread. Equal calls leave it equal, so that a fold that uses it stays one.</remarks>
internal sealed class PeopleCache<T>
    where T : unmanaged
{
    private const int Ways = 4;

    private readonly Slot[] _slots;
    private long _clock;

    /// <param name="people">How many there is room for; a power of two, at least 4.</param>
    public PeopleCache(int people)
    {
        if (people < Ways || !int.IsPow2(people)) throw new ArgumentOutOfRangeException(nameof(people));
        _slots = new Slot[people];
    }

    public long Bytes => (long)_slots.Length * Unsafe.SizeOf<Slot>();

    /// <summary>The person's state; that of nobody (all zero) for one who is not here.</summary>
    /// <param name="person">A <see cref="Features.FeatureId"/>.</param>
    public ref T this[long person]
    {
        get
        {
            var set = SetOf(person);
            var oldest = set;
            for (var slot = set; slot < set + Ways; slot++)
            {
                if (_slots[slot].Person == person)
                {
                    _slots[slot].TouchedAt = ++_clock;
                    return ref _slots[slot].State;
                }
                if (_slots[slot].TouchedAt < _slots[oldest].TouchedAt) oldest = slot;
            }
            _slots[oldest] = new Slot { Person = person, TouchedAt = ++_clock };
            return ref _slots[oldest].State;
        }
    }

    /// <summary>Called from any thread: what is changed of the person at that moment may stay, as nobody's.</summary>
    public void Forget(long person)
    {
        var set = SetOf(person);
        for (var slot = set; slot < set + Ways; slot++)
        {
            if (_slots[slot].Person == person) _slots[slot] = default;
        }
    }

    public void Save(Stream stream)
    {
        stream.Write(MemoryMarshal.AsBytes<long>([Unsafe.SizeOf<Slot>(), _slots.Length, _clock]));
        stream.Write(MemoryMarshal.AsBytes<Slot>(_slots));
    }

    /// <exception cref="InvalidDataException">It is not what <see cref="Save"/> wrote, or of another size.</exception>
    public void Load(Stream stream)
    {
        Span<long> header = stackalloc long[3];
        stream.ReadWhole(MemoryMarshal.AsBytes(header));
        if (header[0] != Unsafe.SizeOf<Slot>() || header[1] != _slots.Length) throw new InvalidDataException("The cache of people is of another size.");
        _clock = header[2];
        stream.ReadWhole(MemoryMarshal.AsBytes(_slots.AsSpan()));
    }

    private int SetOf(long person) => (int)((ulong)person & (ulong)(_slots.Length - 1) & ~(ulong)(Ways - 1));

    private struct Slot
    {
        public long Person;
        public long TouchedAt;
        public T State;
    }
}

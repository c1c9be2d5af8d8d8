using TikTok.Ranker.Features;

namespace TikTok.Ranker.People;

/// <summary>A set of up to 512 videos by their whole ids. Nothing is taken out, so that readers need no lock.</summary>
internal sealed class RecentVideos
{
    public const int Capacity = 512;

    /// <summary>A reader asks for what is not here, as a rule: half of the slots stay empty, so that it finds that out at once.</summary>
    private const int SlotsPerVideo = 2;

    private const int LeastSlots = 32;

    public const int MaxSlots = Capacity * SlotsPerVideo;

    private readonly long[] _slots;

    public RecentVideos()
        : this(LeastSlots)
    {
    }

    private RecentVideos(int slots) => _slots = new long[slots];

    public int Count { get; private set; }

    public bool IsFull => Count == _slots.Length / SlotsPerVideo;

    /// <summary>The ids, and <see cref="FeatureId.None"/> where a slot is empty.</summary>
    public ReadOnlySpan<long> Slots => _slots;

    public bool Contains(long video)
    {
        for (var slot = SlotOf(video); ; slot = (slot + 1) & (_slots.Length - 1))
        {
            var found = Volatile.Read(ref _slots[slot]);
            if (found == FeatureId.None) return false;
            if (found == video) return true;
        }
    }

    /// <summary>For the writer, while it is neither full nor holds the video.</summary>
    public void Add(long video)
    {
        var slot = SlotOf(video);
        while (_slots[slot] != FeatureId.None) slot = (slot + 1) & (_slots.Length - 1);
        Volatile.Write(ref _slots[slot], video);
        Count++;
    }

    /// <summary>The same videos with room for as many again; the set itself stays for whoever reads it.</summary>
    public RecentVideos Grown()
    {
        var grown = new RecentVideos(_slots.Length * 2);
        foreach (var video in _slots)
        {
            if (video != FeatureId.None) grown.Add(video);
        }
        return grown;
    }

    /// <exception cref="InvalidDataException">The slots are not those of such a set.</exception>
    public static RecentVideos Of(ReadOnlySpan<long> slots)
    {
        if (!IsSize(slots.Length)) throw new InvalidDataException($"A set of recent videos has {slots.Length} slots.");
        var set = new RecentVideos(slots.Length);
        slots.CopyTo(set._slots);
        set.Count = slots.Length - slots.Count(FeatureId.None);
        if (set.Count > slots.Length / SlotsPerVideo) throw new InvalidDataException("A set of recent videos is too full.");
        return set;
    }

    public static bool IsSize(int slots) => slots is >= LeastSlots and <= MaxSlots && int.IsPow2(slots);

    // Ids are hashes already.
    private int SlotOf(long video) => (int)video & (_slots.Length - 1);
}

using System.Numerics;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval.Hnsw;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>
/// One request's drawing from the pools: the lists that they offer, who of these may be shown to the person, and what is drawn already. Kept and used again by the
/// next request.
/// </summary>
internal sealed class Draw(VideoTable videos)
{
    /// <summary>Row numbers that pools may put together for a request: they stop at a few thousand by themselves.</summary>
    public const int ScratchSize = 8_192;

    // At a third of its slots even with as many excluded as there may be.
    private const int Slots = 32_768;
    private const int SlotShift = 32 - 15;
    private const uint Excluded = uint.MaxValue;

    private readonly ulong[] _slots = new ulong[Slots];
    private readonly List<ProposedList> _lists = [];
    private readonly int[] _scratch = new int[ScratchSize];
    private int _scratchUsed;
    private PersonView _person = null!;
    private Candidates _candidates = null!;
    private bool _mayRepeat;

    /// <summary>Where the next pool's lists begin.</summary>
    public int ListCount => _lists.Count;

    public void Begin(in RetrievalRequest request, Candidates candidates)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Excluded.Length, RetrievalRequest.MaxExcluded);
        Array.Clear(_slots);
        _lists.Clear();
        (_scratchUsed, _mayRepeat) = (0, false);
        (_person, _candidates) = (request.Person, candidates);
        candidates.Clear();
        foreach (var video in request.Excluded)
        {
            if (videos.Find(video) is var row and >= 0) SlotOf(row) = Entry(row, Excluded);
        }
    }

    /// <summary>Keeps nothing of the request alive.</summary>
    public void End() => (_person, _candidates) = (null!, null!);

    /// <summary>From now on what the person has seen may come again.</summary>
    public void AllowRepeats() => _mayRepeat = true;

    /// <summary>Offers rows of an array that does not change until the request has ended.</summary>
    /// <param name="weight">How much of the pool's quota is for this list, by the sum of all its lists' weights.</param>
    public void Offer(int[] rows, int start, int end, float weight = 1)
    {
        if (start < end && weight > 0) _lists.Add(new ProposedList { Rows = rows, Next = start, End = end, Weight = weight });
    }

    /// <summary>Room to put a list together in; what of it is used is taken by <see cref="OfferScratch"/>.</summary>
    public Span<int> Scratch => _scratch.AsSpan(_scratchUsed);

    /// <summary>To add up what speaks for each row.</summary>
    public RowScores Scores { get; } = new();

    public void OfferScratch(int count, float weight = 1)
    {
        Offer(_scratch, _scratchUsed, _scratchUsed + count, weight);
        _scratchUsed += count;
    }

    /// <summary>Draws from some of the lists: first each its share, then what shorter lists have left over.</summary>
    public void Take(Range lists, CandidatePools pool, int quota)
    {
        var offered = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_lists)[lists];
        var weights = 0f;
        foreach (ref readonly var list in offered) weights += list.Weight;
        var left = quota;
        foreach (ref var list in offered) left -= Take(ref list, pool, Math.Min(left, (int)MathF.Ceiling(quota * list.Weight / weights)));
        foreach (ref var list in offered) left -= Take(ref list, pool, left);
    }

    /// <summary>Whether the video may be shown to the person. The two that do not depend on them, what is excluded and what is drawn, are not asked.</summary>
    public bool IsAllowed(int row)
    {
        ref readonly var video = ref videos[row];
        if ((video.Flags & VideoFlags.Listed) == 0 || video.Creator == _person.AsCreator) return false;
        if ((video.Flags & VideoFlags.NotForTeens) != 0 && _person.IsTeen) return false;
        if ((video.Flags & VideoFlags.ShadowBanned) != 0 && !_person.Followed.Contains(video.Creator)) return false;
        if (_person.Avoided.Count > 0 && _person.Avoided.Contains(video.Creator)) return false;
        return _mayRepeat || !_person.Watched.Contains(video.Video);
    }

    public bool IsExcluded(int row) => SlotOf(row) == Entry(row, Excluded);

    private int Take(ref ProposedList list, CandidatePools pool, int wanted)
    {
        var taken = 0;
        while (taken < wanted && list.Next < list.End && !_candidates.IsFull)
        {
            var row = list.Rows[list.Next++];
            ref var slot = ref SlotOf(row);
            if (slot != 0)
            {
                if ((uint)slot == Excluded) continue;
                ref var pools = ref _candidates.Pools[(int)(uint)slot];
                if ((pools & pool) != 0) continue;
                pools |= pool;
            }
            else
            {
                if (!IsAllowed(row)) continue;
                slot = Entry(row, (uint)_candidates.Add(row, pool));
            }
            taken++;
        }
        return taken;
    }

    /// <summary>The row's slot, or the empty one where it belongs.</summary>
    private ref ulong SlotOf(int row)
    {
        var slot = (int)(((uint)row * 2_654_435_769) >> SlotShift);
        while (_slots[slot] != 0 && (int)(_slots[slot] >> 32) != row + 1) slot = (slot + 1) & (Slots - 1);
        return ref _slots[slot];
    }

    /// <summary>The row plus 1, so that no entry is 0, and the index of the candidate.</summary>
    private static ulong Entry(int row, uint index) => ((ulong)(uint)(row + 1) << 32) | index;

    private struct ProposedList
    {
        public int[] Rows;
        public int Next;
        public int End;
        public float Weight;
    }
}

/// <summary>What the index may answer with.</summary>
internal readonly struct AllowedRows(Draw draw) : IHnswFilter
{
    public bool Allows(ulong label) => !draw.IsExcluded((int)label) && draw.IsAllowed((int)label);
}

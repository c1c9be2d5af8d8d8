namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>
/// The walk where not all that is found counts: through everything, but only what the filter lets through fills the result. It goes on until <c>ef</c> such are found
/// that are nearer than anything left. Where few pass, that would be a walk through most of the graph in the order that suits memory least: past a share of
/// it (<see cref="WalkAtMost"/>) all slots are looked through one after the other instead, which is exact, too. So there are always as many as asked, if there are.
/// </summary>
internal static unsafe class FilteredSearch<TSpace>
    where TSpace : struct, IVectorSpace
{
    // 1 ÷ the share of the slots whose distances a walk may take before it gives way to the scan, and what it may take in any case.
    private const int WalkAtMost = 8;
    private const int WalkAtLeast = 2_000;

    /// <summary>The nearest on a level that the filter lets through, into the context's pool.</summary>
    /// <param name="slots">The slots there are.</param>
    /// <param name="wanted">Fewer than these from the walk are made up for by the scan.</param>
    /// <returns>How many, at most <paramref name="ef"/>.</returns>
    public static int Nearest<TFilter>(
        SlotMemory memory, SearchContext context, byte* query, int dimension, uint entry, int level, uint slots, int wanted, int ef, ref TFilter filter)
        where TFilter : ISlotFilter
    {
        var size = Walk(memory, context, query, dimension, entry, level, Math.Max(WalkAtLeast, slots / WalkAtMost), ef, ref filter);
        return size < wanted && level == 0 ? Scan(memory, context, query, dimension, slots, ef, ref filter) : Math.Max(size, 0);
    }

    /// <returns>How many, or −1 when it would have gone too far.</returns>
    private static int Walk<TFilter>(
        SlotMemory memory, SearchContext context, byte* query, int dimension, uint entry, int level, uint most, int ef, ref TFilter filter)
        where TFilter : ISlotFilter
    {
        context.ReservePool(ef);
        var places = memory.At;
        var pool = context.Pool;
        var size = 0;
        var first = Candidate.Of(GraphSearch<TSpace>.DistanceTo(query, places.Vector(entry), dimension), entry);
        context.Visited.Add(entry);
        var frontier = new Frontier(context);
        frontier.Push(first);
        if (filter.Allows(memory, entry)) pool[size++] = first;
        long taken = 1;
        while (frontier.TryPop(out var nearest) && !(size == ef && nearest > pool[size - 1]))
        {
            if (taken > most && size < ef)
            {
                size = -1;
                break;
            }

            var count = GraphSearch<TSpace>.Gather(memory, context, places, Candidate.Slot(nearest), level, dimension);
            TSpace.Distances(query, context.Vectors, count, dimension, context.Distances);
            taken += count;
            for (var i = 0; i < count; i++)
            {
                var candidate = Candidate.Of(context.Distances[i], context.Slots[i]);
                if (size == ef && candidate >= pool[size - 1]) continue;
                frontier.Push(candidate);
                if (filter.Allows(memory, context.Slots[i])) size = Keep(pool, size, ef, candidate);
            }
        }

        context.Visited.Clear();
        return size;
    }

    private static int Scan<TFilter>(SlotMemory memory, SearchContext context, byte* query, int dimension, uint slots, int ef, ref TFilter filter)
        where TFilter : ISlotFilter
    {
        var places = memory.At;
        var size = 0;
        for (uint slot = 0; slot < slots; slot++)
        {
            if (!filter.Allows(memory, slot)) continue;
            size = Keep(context.Pool, size, ef, Candidate.Of(GraphSearch<TSpace>.DistanceTo(query, places.Vector(slot), dimension), slot));
        }

        return size;
    }

    private static int Keep(ulong* pool, int size, int ef, ulong candidate)
    {
        if (size == ef)
        {
            if (candidate >= pool[size - 1]) return size;
            size--;
        }

        GraphSearch<TSpace>.Insert(pool, size, candidate);
        return size + 1;
    }
}

/// <summary>What may be in a result.</summary>
internal interface ISlotFilter
{
    bool Allows(SlotMemory memory, uint slot);
}

/// <summary>Those that are not deleted and whose label the caller lets through.</summary>
internal readonly struct LiveSlots<TFilter>(TFilter filter) : ISlotFilter
    where TFilter : IHnswFilter
{
    public bool Allows(SlotMemory memory, uint slot) => memory.State(slot) == SlotState.Live && filter.Allows(memory.Label(slot));
}

/// <summary>Candidates to look behind, the nearest on top: a binary heap in the context's memory.</summary>
internal unsafe ref struct Frontier(SearchContext context)
{
    private int _count;

    public void Push(ulong candidate)
    {
        if (_count == context.FrontierCapacity) context.ReserveFrontier(Math.Max(1_024, _count + 1));
        var heap = context.Frontier;
        var at = _count++;
        while (at > 0 && heap[(at - 1) >> 1] > candidate)
        {
            heap[at] = heap[(at - 1) >> 1];
            at = (at - 1) >> 1;
        }

        heap[at] = candidate;
    }

    public bool TryPop(out ulong nearest)
    {
        nearest = 0;
        if (_count == 0) return false;
        var heap = context.Frontier;
        nearest = heap[0];
        var last = heap[--_count];
        var at = 0;
        for (var child = 1; child < _count; child = (2 * at) + 1)
        {
            if (child + 1 < _count && heap[child + 1] < heap[child]) child++;
            if (heap[child] >= last) break;
            heap[at] = heap[child];
            at = child;
        }

        heap[at] = last;
        return true;
    }
}

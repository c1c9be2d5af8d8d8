using System.Runtime.CompilerServices;

namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>
/// Which slots lead to which. A list is changed under one of a few hundred locks, which readers do not take. The choice among candidates is the paper's heuristic
/// (algorithm 4): one that is nearer to a chosen one than to the slot itself is left out, so that links lead in all directions.
/// </summary>
internal sealed unsafe class Links<TSpace>(SlotMemory memory, int dimension)
    where TSpace : struct, IVectorSpace
{
    private const int Block = 4;

    private readonly Lock[] _locks = [.. Enumerable.Range(0, 256).Select(_ => new Lock())];

    /// <summary>Chooses among candidates, which lie nearest first.</summary>
    /// <returns>How many were written to <paramref name="chosen"/>, at most <paramref name="max"/>.</returns>
    [SkipLocalsInit]
    public int Choose(SearchContext context, ulong* candidates, int count, int max, uint* chosen)
    {
        if (count < max)
        {
            for (var i = 0; i < count; i++) chosen[i] = Candidate.Slot(candidates[i]);
            return count;
        }

        var places = memory.At;
        var vectors = context.Vectors;
        var distances = stackalloc float[Block];
        var taken = 0;
        for (var i = 0; i < count && taken < max; i++)
        {
            var vector = places.Vector(Candidate.Slot(candidates[i]));
            var query = TSpace.AsQuery(vector, context.Scratch, dimension);
            var own = Candidate.Distance(candidates[i]);
            var near = false;
            for (var c = 0; c < taken && !near; c += Block)
            {
                var length = Math.Min(Block, taken - c);
                TSpace.Distances(query, vectors + c, length, dimension, distances);
                for (var j = 0; j < length; j++) near |= distances[j] < own;
            }

            if (near) continue;
            vectors[taken] = vector;
            chosen[taken++] = Candidate.Slot(candidates[i]);
        }

        return taken;
    }

    /// <summary>Links a slot to another; where its list is full, the choice among all is made anew.</summary>
    public void Add(SearchContext context, uint slot, int level, uint to)
    {
        lock (LockOf(slot))
        {
            var list = memory.Links(slot, level);
            var max = memory.MaxLinks(level);
            var count = memory.CountLinks(slot, level);
            if (new ReadOnlySpan<uint>(list, count).Contains(to)) return;
            if (count < max)
            {
                Volatile.Write(ref list[count], to);
                return;
            }

            var slots = context.Slots;
            new ReadOnlySpan<uint>(list, count).CopyTo(new Span<uint>(slots, count));
            slots[count] = to;
            Relink(context, slot, level, slots, count + 1);
        }
    }

    /// <summary>Puts in place of each link to a slot that is being swept what that slot leads to itself, and chooses among these and the links that stay.</summary>
    public void Repair(SearchContext context, uint slot, int level)
    {
        var list = memory.Links(slot, level);
        lock (LockOf(slot))
        {
            var count = memory.CountLinks(slot, level);
            var broken = false;
            for (var i = 0; i < count && !broken; i++) broken = memory.State(list[i]) == SlotState.Swept;
            if (!broken) return;

            // Links may lead to a chunk that came after the context was rented.
            ref var visited = ref context.Visited;
            visited.Reserve(memory.Capacity);
            visited.Add(slot);
            var found = 0;
            context.ReserveBatch(memory.MaxLinks(level) * (memory.MaxLinks(level) + 1));
            for (var i = 0; i < count; i++)
            {
                found = Take(context, list[i], found);
                if (memory.State(list[i]) != SlotState.Swept) continue;
                var behind = memory.Links(list[i], level);
                for (var j = 0; j < memory.MaxLinks(level) && behind[j] != SlotMemory.None; j++) found = Take(context, behind[j], found);
            }

            visited.Clear();
            Relink(context, slot, level, context.Slots, found);
        }
    }

    private int Take(SearchContext context, uint slot, int found)
    {
        if (slot >= context.Visited.Capacity || memory.State(slot) is not (SlotState.Live or SlotState.Hidden) || !context.Visited.Add(slot)) return found;
        context.Slots[found] = slot;
        return found + 1;
    }

    private void Relink(SearchContext context, uint slot, int level, uint* to, int count)
    {
        context.ReservePool(count);
        var places = memory.At;
        var pool = context.Pool;
        var vectors = context.Vectors;
        var distances = context.Distances;
        for (var i = 0; i < count; i++) vectors[i] = places.Vector(to[i]);
        TSpace.Distances(TSpace.AsQuery(places.Vector(slot), context.Scratch, dimension), vectors, count, dimension, distances);
        for (var i = 0; i < count; i++) GraphSearch<TSpace>.Insert(pool, i, Candidate.Of(distances[i], to[i]));
        var chosen = context.Relinked(memory.M);
        memory.SetLinks(slot, level, new ReadOnlySpan<uint>(chosen, Choose(context, pool, count, memory.MaxLinks(level), chosen)));
    }

    private Lock LockOf(uint slot) => _locks[slot % (uint)_locks.Length];
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>
/// The walk through the graph (algorithms 2 and 5 of the paper). The nearest <c>ef</c> found so far lie sorted in one array, followed or not; what falls off its end
/// could never be followed, so that nothing else is needed. All links of a step are gathered first and their vectors' cache lines asked for, then the distances are
/// taken together: memory answers many requests in the time of one.
/// </summary>
internal static unsafe class GraphSearch<TSpace>
    where TSpace : struct, IVectorSpace
{
    private const int CacheLine = 64;

    /// <summary>Walks down to <paramref name="to"/>, on each level above it to the nearest.</summary>
    [SkipLocalsInit]
    public static uint Descend(SlotMemory memory, SearchContext context, byte* query, int dimension, uint entry, int from, int to)
    {
        var limit = context.Visited.Capacity;
        var places = memory.At;
        var slots = context.Slots;
        var vectors = context.Vectors;
        var distances = context.Distances;
        var bytes = TSpace.WalkedBytes(dimension);
        var nearest = entry;
        var least = DistanceTo(query, places.Vector(entry), dimension);
        for (var level = from; level > to; level--)
        {
            while (true)
            {
                var links = memory.Links(nearest, level);
                var count = 0;
                for (var i = 0; i < memory.M && links[i] is not SlotMemory.None and var link; i++)
                {
                    if (link >= limit) continue;
                    slots[count] = link;
                    Prefetch(vectors[count++] = places.Vector(link), bytes);
                }

                TSpace.Distances(query, vectors, count, dimension, distances);
                var before = nearest;
                for (var i = 0; i < count; i++)
                {
                    if (distances[i] < least) (least, nearest) = (distances[i], slots[i]);
                }

                if (nearest == before) break;
            }
        }

        return nearest;
    }

    /// <summary>The nearest on a level, deleted ones among them, into the context's pool.</summary>
    /// <returns>How many, at most <paramref name="ef"/>.</returns>
    [SkipLocalsInit]
    public static int Nearest(SlotMemory memory, SearchContext context, byte* query, int dimension, uint entry, int level, int ef)
    {
        context.ReservePool(ef);
        var pool = context.Pool;
        var slots = context.Slots;
        var vectors = context.Vectors;
        var distances = context.Distances;
        var places = memory.At;
        pool[0] = Candidate.Of(DistanceTo(query, places.Vector(entry), dimension), entry);
        context.Visited.Add(entry);
        var size = 1;
        var bound = ef == 1 ? pool[0] : ulong.MaxValue;
        for (var next = 0; next < size;)
        {
            var slot = Candidate.Slot(pool[next]);
            pool[next++] |= 1;
            while (next < size && Candidate.IsFollowed(pool[next])) next++;
            var count = Gather(memory, context, places, slot, level, dimension);
            if (next < size)
            {
                PrefetchStep(memory, context, places, Candidate.Slot(pool[next]), level, dimension);
                if (next + 1 < size) Prefetch(places.Links(Candidate.Slot(pool[next + 1])), CacheLine * 2);
            }

            TSpace.Distances(query, vectors, count, dimension, distances);
            for (var i = 0; i < count; i++)
            {
                var candidate = Candidate.Of(distances[i], slots[i]);
                if (candidate >= bound) continue;
                if (size == ef) size--;
                next = Math.Min(next, Insert(pool, size++, candidate));
                if (size == ef) bound = pool[size - 1];
            }
        }

        context.Visited.Clear();
        return size;
    }

    /// <summary>The slots that <paramref name="slot"/> leads to and nobody was at, with their vectors, into the context's batch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Gather(SlotMemory memory, SearchContext context, SlotMemory.Places places, uint slot, int level, int dimension)
    {
        var limit = context.Visited.Capacity;
        var words = context.Visited.Words;
        var touched = context.Visited.Touched;
        var touchedCount = context.Visited.TouchedCount;
        var slots = context.Slots;
        var vectors = context.Vectors;
        var links = level == 0 ? (uint*)places.Links(slot) : memory.Links(slot, level);
        var end = links + memory.MaxLinks(level);
        var count = 0;
        for (; links < end; links++)
        {
            var link = *links;
            if (link >= limit)
            {
                // Of a chunk that came after this search began, or the end.
                if (link == SlotMemory.None) break;
                continue;
            }

            // Whether it was visited is a toss-up; so no branches.
            var old = words[link >> 6];
            var shift = (int)(link & 63);
            words[link >> 6] = old | (1UL << shift);
            touched[touchedCount] = link >> 6;
            touchedCount += old == 0 ? 1 : 0;
            slots[count] = link;
            count += (int)(~(old >> shift) & 1);
        }

        context.Visited.TouchedCount = touchedCount;
        var bytes = TSpace.WalkedBytes(dimension);
        for (var i = 0; i < count; i++) Prefetch(vectors[i] = places.Vector(slots[i]), bytes);
        return count;
    }

    /// <summary>
    /// Asks memory for what the next step will most likely read, before this step's distances are taken. A wrong guess costs little: what is near is read sooner or later.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchStep(SlotMemory memory, SearchContext context, SlotMemory.Places places, uint slot, int level, int dimension)
    {
        var limit = context.Visited.Capacity;
        var words = context.Visited.Words;
        var slots = context.Ahead;
        var links = level == 0 ? (uint*)places.Links(slot) : memory.Links(slot, level);
        var end = links + memory.MaxLinks(level);
        var count = 0;
        for (; links < end; links++)
        {
            var link = *links;
            if (link >= limit)
            {
                if (link == SlotMemory.None) break;
                continue;
            }

            slots[count] = link;
            count += (int)(~(words[link >> 6] >> (int)(link & 63)) & 1);
        }

        var bytes = TSpace.WalkedBytes(dimension);
        for (var i = 0; i < count; i++) Prefetch(places.Vector(slots[i]), bytes);
    }

    [SkipLocalsInit]
    public static float DistanceTo(byte* query, byte* vector, int dimension)
    {
        var vectors = stackalloc byte*[1 + IVectorSpace.Slack];
        var distances = stackalloc float[1 + IVectorSpace.Slack];
        *vectors = vector;
        TSpace.Distances(query, vectors, 1, dimension, distances);
        return *distances;
    }

    /// <summary>Keeps the array sorted; it has room for one more.</summary>
    /// <returns>Where the candidate came to lie.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Insert(ulong* sorted, int size, ulong candidate)
    {
        var low = 0;
        for (var length = size; length > 0;)
        {
            var half = length >> 1;
            var after = sorted[low + half] < candidate;
            low = after ? low + half + 1 : low;
            length = after ? length - half - 1 : half;
        }

        new ReadOnlySpan<ulong>(sorted + low, size - low).CopyTo(new Span<ulong>(sorted + low + 1, size - low));
        sorted[low] = candidate;
        return low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* start, int bytes)
    {
        if (!Sse.IsSupported) return;
        for (var offset = 0; offset < bytes; offset += CacheLine) Sse.Prefetch0(start + offset);
    }
}

namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>
/// The contexts of an index, and by them the epochs that say when a slot may be used anew: everything that reads the graph holds a context, which bears the number
/// of the epoch it was rented in. Who has taken away all links to a slot begins the next epoch and waits until no context of an older one is held: then nobody can
/// still come upon the slot. Readers wait for nothing.
/// </summary>
internal sealed class SearchContexts(SlotMemory memory, int queryBytes) : IDisposable
{
    private readonly SearchContext?[] _idle = new SearchContext?[4 * Environment.ProcessorCount];
    private readonly Lock _registering = new();
    private SearchContext[] _all = [];
    private long _epoch = 1;

    public long Bytes => _all.Sum(context => context.Bytes);

    public SearchContext Rent()
    {
        var context = TakeIdle() ?? Register();
        context.Reserve(memory.Capacity, memory.M, queryBytes);

        // A full fence: what is read of the graph from here on is read after the epoch can be seen.
        Interlocked.Exchange(ref context.Epoch, Volatile.Read(ref _epoch));
        return context;
    }

    public void Return(SearchContext context)
    {
        Volatile.Write(ref context.Epoch, 0);
        var start = Environment.CurrentManagedThreadId;
        for (var i = 0; i < _idle.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _idle[(start + i) % _idle.Length], context, null) is null) return;
        }

        Unregister(context);
    }

    /// <summary>Returns when everything that was under way has ended. The caller holds no context.</summary>
    public void WaitForThoseUnderWay()
    {
        var next = Interlocked.Increment(ref _epoch);
        foreach (var context in Volatile.Read(ref _all))
        {
            var spin = new SpinWait();
            while (Volatile.Read(ref context.Epoch) is not 0 and var epoch && epoch < next) spin.SpinOnce();
        }
    }

    public void Dispose()
    {
        foreach (var context in _all) context.Free();
        _all = [];
    }

    private SearchContext? TakeIdle()
    {
        var start = Environment.CurrentManagedThreadId;
        for (var i = 0; i < _idle.Length; i++)
        {
            ref var place = ref _idle[(start + i) % _idle.Length];
            if (Volatile.Read(ref place) is not null && Interlocked.Exchange(ref place, null) is { } context) return context;
        }

        return null;
    }

    private SearchContext Register()
    {
        var context = new SearchContext();
        lock (_registering) Volatile.Write(ref _all, [.. _all, context]);
        return context;
    }

    private void Unregister(SearchContext context)
    {
        lock (_registering) Volatile.Write(ref _all, [.. _all.Where(other => other != context)]);
        context.Free();
    }
}

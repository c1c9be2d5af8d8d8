namespace TikTok.Ranker.Ranking;

/// <summary>
/// The model that serves now. Requests take it without a lock and keep it as long as they use it; a new one takes its place at once, and the old one is disposed
/// when the last request that took it is done.
/// </summary>
public sealed class RankingModelSlot : IDisposable
{
    private Counted? _current;

    /// <summary>Of the model that serves; null before the first.</summary>
    public long? Version => Volatile.Read(ref _current)?.Model.Version;

    /// <summary>Puts a model in the place of the one that serves. It belongs to the slot from now on.</summary>
    public void Replace(IRankingModel model) => Interlocked.Exchange(ref _current, new Counted(model))?.Release();

    /// <summary>Takes the model that serves, to be given back by disposing what is returned, once.</summary>
    /// <returns>Its model is null as long as there is none.</returns>
    public Use Take()
    {
        // A model that was given up between being read and being counted has been replaced: the next look finds another.
        while (Volatile.Read(ref _current) is { } current)
        {
            if (current.TryAdd()) return new Use(current);
        }
        return default;
    }

    /// <summary>Gives up the model. Requests that took it finish with it.</summary>
    public void Dispose() => Interlocked.Exchange(ref _current, null)?.Release();

    public readonly struct Use : IDisposable
    {
        private readonly Counted? _counted;

        internal Use(Counted counted) => _counted = counted;

        public IRankingModel? Model => _counted?.Model;

        public void Dispose() => _counted?.Release();
    }

    internal sealed class Counted(IRankingModel model)
    {
        // The slot's own use is the first.
        private int _uses = 1;

        public IRankingModel Model => model;

        public bool TryAdd()
        {
            for (var uses = Volatile.Read(ref _uses); uses > 0;)
            {
                var before = Interlocked.CompareExchange(ref _uses, uses + 1, uses);
                if (before == uses) return true;
                uses = before;
            }
            return false;
        }

        public void Release()
        {
            if (Interlocked.Decrement(ref _uses) == 0) model.Dispose();
        }
    }
}

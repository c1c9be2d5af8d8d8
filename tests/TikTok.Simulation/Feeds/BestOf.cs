namespace TikTok.Simulation.Feeds;

/// <summary>The largest of many values.</summary>
internal sealed class BestOf(int capacity)
{
    private readonly PriorityQueue<int, float> _best = new(capacity);
    private float _least = float.NegativeInfinity;

    public void Add(int number, float value)
    {
        if (value <= _least) return;
        if (_best.Count < capacity) _best.Enqueue(number, value);
        else _best.EnqueueDequeue(number, value);
        if (_best.Count == capacity && _best.TryPeek(out _, out var least)) _least = least;
    }

    /// <summary>Largest first; of equal ones the newest.</summary>
    public IEnumerable<(int Number, float Value)> Descending() =>
        _best.UnorderedItems.OrderByDescending(i => i.Priority).ThenByDescending(i => i.Element).Select(i => (i.Element, i.Priority));
}

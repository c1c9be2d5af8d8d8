using System.Text.Json;

namespace TikTok.Local.Cosmos.Queries;

/// <summary>
/// Results of queries that must see every document before their first result (ORDER BY, aggregates, DISTINCT, …), kept while a client
/// pages through them, so that pages fit together whatever is written meanwhile. Bounded: the oldest is forgotten, and a client
/// that asks for it again has its query run again from its position.
/// </summary>
internal sealed class QueryCursors
{
    public const int MaxCursors = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, IReadOnlyList<JsonElement>> _results = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public string Add(IReadOnlyList<JsonElement> results)
    {
        var name = Guid.NewGuid().ToString("n");
        lock (_gate)
        {
            _results.Add(name, results);
            _order.Enqueue(name);
            while (_order.Count > MaxCursors)
                _results.Remove(_order.Dequeue());
        }

        return name;
    }

    public IReadOnlyList<JsonElement>? Find(string name)
    {
        lock (_gate)
        {
            return _results.GetValueOrDefault(name);
        }
    }

    /// <summary>Forgets results that have been sent whole.</summary>
    public void Remove(string name)
    {
        lock (_gate)
        {
            _results.Remove(name);
        }
    }
}

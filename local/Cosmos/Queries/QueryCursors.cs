using System.Text.Json;

namespace TikTok.Local.Cosmos.Queries;

/// <summary>
/// Results of queries that must see every document before their first result (ORDER BY, aggregates, DISTINCT, …), kept while a client
/// pages through them, so that pages fit together whatever is written meanwhile. Bounded: the oldest are forgotten, and a client
/// that asks for them again has its query run again from its position.
/// </summary>
internal sealed class QueryCursors
{
    public const int MaxCursors = 64;

    /// <summary>Bound on the results of all cursors together; the newest cursor is kept whatever its size.</summary>
    public const int MaxResults = 100_000;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, IReadOnlyList<JsonElement>> _cursors = new(StringComparer.Ordinal);
    private int _results;

    /// <summary>Keeps results and gives the name by which they are found again.</summary>
    public string Add(IReadOnlyList<JsonElement> results)
    {
        var name = Guid.NewGuid().ToString("n");
        lock (_gate)
        {
            _cursors.Add(name, results);
            _results += results.Count;
            while (_cursors.Count > 1 && (_cursors.Count > MaxCursors || _results > MaxResults))
                RemoveCore(_cursors.GetAt(0).Key);
        }

        return name;
    }

    public IReadOnlyList<JsonElement>? Find(string name)
    {
        lock (_gate)
        {
            return _cursors.GetValueOrDefault(name);
        }
    }

    /// <summary>Forgets results that have been sent whole.</summary>
    public void Remove(string name)
    {
        lock (_gate)
        {
            RemoveCore(name);
        }
    }

    private void RemoveCore(string name)
    {
        if (_cursors.Remove(name, out var results))
            _results -= results.Count;
    }
}

using System.Text.Json;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>The state of one run of a query: the value of every FROM variable and aggregate of all its blocks.</summary>
internal sealed class SqlFrame(int variables, int aggregates, IEnumerable<JsonElement> documents)
{
    public SqlValue[] Variables { get; } = new SqlValue[variables];

    public SqlValue[] Aggregates { get; } = new SqlValue[aggregates];

    public IEnumerable<JsonElement> Documents { get; } = documents;
}

internal delegate SqlValue SqlEvaluator(SqlFrame frame);

/// <summary>Names in sight, innermost block first.</summary>
internal sealed class SqlScope(SqlScope? parent)
{
    private readonly Dictionary<string, int> _variables = new(StringComparer.Ordinal);

    public void Add(string name, int slot)
    {
        if (!_variables.TryAdd(name, slot))
            throw new SqlException("SC2011", $"The input alias '{name}' is specified more than once in the FROM clause.", -1, -1);
    }

    public bool TryResolve(string name, out int slot)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._variables.TryGetValue(name, out slot)) return true;
        }

        slot = -1;
        return false;
    }

    public bool IsEmpty => _variables.Count == 0 && (Parent is null || Parent.IsEmpty);

    private SqlScope? Parent { get; } = parent;
}

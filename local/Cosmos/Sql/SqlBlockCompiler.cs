namespace TikTok.Local.Cosmos.Sql;

/// <summary>Turns one query block into a <see cref="SqlBlock"/>.</summary>
internal sealed class SqlBlockCompiler(SqlCompiler compiler, SqlSelect query, SqlScope? outer)
{
    private readonly SqlScope _scope = new(outer);
    private readonly List<SqlAggregate> _aggregates = [];
    private bool _readsEachDocument;

    public SqlBlock Compile(SqlResumeFilter? resume = null)
    {
        SqlSemantics.Check(query);
        var first = compiler.Variables;
        var sources = CompileSources(out var holdsDocument);
        var top = compiler.Count(query.Top, "SC2060", "TOP");
        var limit = compiler.Count(query.Limit, "SC2061", "LIMIT");
        var where = query.Where is null ? null : compiler.Compile(query.Where, _scope, null);
        var groupBy = query.GroupBy.Select(key => compiler.Compile(key, _scope, null)).ToArray();
        var projection = CompileProjection(first);
        // The one row of an aggregate has no order.
        var order = query.OrderBy.Count == 0 || _aggregates.Count > 0 ? null : new SqlRowOrder(
            query.OrderBy.Select(item => compiler.Compile(item.Expression, _scope, null)).ToArray(),
            query.OrderBy.Select(item => item.IsDescending == true).ToArray(),
            holdsDocument ? first : -1,
            resume);
        var offset = compiler.Count(query.Offset, "SC2062", "OFFSET") ?? 0;
        var isPlain = _aggregates.Count == 0 && groupBy.Length == 0 && order is null && !query.Distinct && top is null && limit is null;
        return new SqlBlock
        {
            Sources = sources,
            FirstVariable = first,
            Where = where,
            GroupBy = groupBy,
            Aggregates = [.. _aggregates],
            Projection = projection,
            DropsUndefined = query.Projection is ValueProjection,
            Distinct = query.Distinct,
            Order = order,
            IsPerDocument = _readsEachDocument && isPlain,
            Offset = offset,
            Limit = top is { } most && limit is { } window ? Math.Min(most, window) : top ?? limit,
        };
    }

    private SqlRowSource[] CompileSources(out bool holdsDocument)
    {
        holdsDocument = false;
        if (query.From is not { } from) return [];
        var sources = new SqlRowSource[from.Sources.Count];
        // The slots come first, so that they are consecutive whatever subqueries among the sources take.
        var slots = from.Sources.Select(_ => compiler.AddVariable()).ToArray();
        for (var i = 0; i < sources.Length; i++)
        {
            var source = from.Sources[i];
            sources[i] = source switch
            {
                PathSource path => CompilePath(path, i == 0, ref holdsDocument),
                SubquerySource subquery => CompileSubquery(subquery, i == 0),
                _ => throw new InvalidOperationException($"No rows for {source.GetType().Name}."),
            };
            var name = source is PathSource named ? named.Variable : source.Alias;
            if (name is not null) _scope.Add(name, slots[i]);
        }

        return sources;
    }

    private SqlRowSource CompilePath(PathSource source, bool isFirst, ref bool holdsDocument)
    {
        var steps = source.Path.Select(SqlEvaluatorStep.Of).ToArray();
        if (_scope.TryResolve(source.Root, out var slot))
        {
            SqlValue Value(SqlFrame frame) => Follow(frame.Variables[slot], steps);
            return source.Iterates ? frame => ItemsOf(Value(frame)) : frame => Defined(Value(frame));
        }

        // A name nobody bound is the container itself, whatever it is called; but only once, and not inside an expression's subquery.
        if (!isFirst || !_scope.IsEmpty)
            throw new SqlException("SC2001", $"Identifier '{source.Root}' could not be resolved.", -1, -1);
        _readsEachDocument = true;
        if (source.Iterates) return frame => frame.Documents.SelectMany(document => ItemsOf(Follow(SqlValue.Of(document), steps)));
        holdsDocument = steps.Length == 0;
        if (holdsDocument) return frame => frame.Documents.Select(SqlValue.Of);
        return frame => frame.Documents.SelectMany(document => Defined(Follow(SqlValue.Of(document), steps)));
    }

    private SqlRowSource CompileSubquery(SubquerySource source, bool isFirst)
    {
        var block = compiler.CompileBlock(source.Query, _scope);
        _readsEachDocument |= isFirst && block.IsPerDocument;
        return source.Iterates ? frame => block.Execute(frame).SelectMany(ItemsOf) : frame => block.Execute(frame);
    }

    private SqlEvaluator CompileProjection(int first)
    {
        switch (query.Projection)
        {
            case StarProjection:
                return frame => frame.Variables[first];
            case ValueProjection value:
                return compiler.Compile(value.Expression, _scope, _aggregates);
            case ListProjection list:
                var properties = new List<KeyValuePair<string, SqlEvaluator>>();
                foreach (var (name, expression) in SqlSemantics.Named(list))
                {
                    properties.RemoveAll(existing => existing.Key == name);
                    properties.Add(new(name, compiler.Compile(expression, _scope, _aggregates)));
                }

                return SqlCompiler.BuildObject(properties);
            default:
                throw new InvalidOperationException($"No projection for {query.Projection.GetType().Name}.");
        }
    }

    private static SqlValue Follow(SqlValue value, SqlEvaluatorStep[] steps)
    {
        foreach (var step in steps) value = step.Name is { } name ? value.Property(name, step.Utf8) : value.Item(step.Index);
        return value;
    }

    private static IEnumerable<SqlValue> ItemsOf(SqlValue value) => value.Kind == SqlKind.Array ? value.Items : [];

    private static IEnumerable<SqlValue> Defined(SqlValue value) => value.IsUndefined ? [] : [value];

    private sealed record SqlEvaluatorStep(string? Name, byte[] Utf8, int Index)
    {
        public static SqlEvaluatorStep Of(SqlPathStep step) =>
            new(step.Name, step.Name is null ? [] : System.Text.Encoding.UTF8.GetBytes(step.Name), step.Index);
    }
}

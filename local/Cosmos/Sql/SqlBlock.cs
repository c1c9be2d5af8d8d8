namespace TikTok.Local.Cosmos.Sql;

/// <summary>Yields the values that a FROM source takes for the row so far.</summary>
internal delegate IEnumerable<SqlValue> SqlRowSource(SqlFrame frame);

/// <summary>A compiled query block, run once for a query and once per outer row for a subquery.</summary>
internal sealed record SqlBlock
{
    /// <summary>The sources, leftmost outermost; their variables take consecutive slots from <see cref="FirstVariable"/>.</summary>
    public required SqlRowSource[] Sources { get; init; }

    public required int FirstVariable { get; init; }

    public required SqlEvaluator? Where { get; init; }

    public required SqlEvaluator[] GroupBy { get; init; }

    public required SqlAggregate[] Aggregates { get; init; }

    public required SqlEvaluator Projection { get; init; }

    /// <summary>Whether an undefined result drops the row (SELECT VALUE).</summary>
    public required bool DropsUndefined { get; init; }

    public required bool Distinct { get; init; }

    public required SqlRowOrder? Order { get; init; }

    public required long Offset { get; init; }

    /// <summary>Rows to give at most, of TOP and LIMIT the smaller; null for all.</summary>
    public required long? Limit { get; init; }

    public bool IsGrouped => GroupBy.Length > 0 || Aggregates.Length > 0;

    public bool IsStreaming => !IsGrouped && Order is null && !Distinct;

    /// <summary>Whether the rows of all documents together are the rows of each document by itself, one after another.</summary>
    public required bool IsPerDocument { get; init; }

    public IEnumerable<SqlValue> Execute(SqlFrame frame)
    {
        if (Limit == 0) return [];
        var results = IsGrouped ? Groups(frame) : Order is not null ? Sorted(frame) : Streamed(frame);
        if (DropsUndefined) results = results.Where(result => !result.IsUndefined);
        if (Distinct) results = results.Distinct(SqlValueComparer.Instance);
        return Offset == 0 && Limit is null ? results : Window(results);
    }

    private IEnumerable<SqlValue> Streamed(SqlFrame frame)
    {
        foreach (var _ in Rows(frame, 0)) yield return Projection(frame);
    }

    private IEnumerable<SqlValue> Sorted(SqlFrame frame)
    {
        var wanted = Limit is { } limit && !Distinct ? Offset + limit : (long?)null;
        var sorter = Order!.Start(frame, wanted);
        foreach (var _ in Rows(frame, 0))
        {
            if (!sorter.Accepts()) continue;
            var result = Projection(frame);
            if (!DropsUndefined || !result.IsUndefined) sorter.Add(result);
        }

        return sorter.Results();
    }

    private IEnumerable<SqlValue> Groups(SqlFrame frame)
    {
        var groups = new Dictionary<SqlValue, Group>(SqlValueComparer.Instance);
        // Without GROUP BY there is one group, even of no rows.
        if (GroupBy.Length == 0) groups.Add(SqlValue.Null, new Group(Snapshot(frame), Aggregates));
        foreach (var _ in Rows(frame, 0))
        {
            var key = GroupBy.Length == 0 ? SqlValue.Null : Key(frame);
            if (!groups.TryGetValue(key, out var group)) groups.Add(key, group = new Group(Snapshot(frame), Aggregates));
            else if (group.IsEmpty) group.Variables = Snapshot(frame);
            group.Add(frame);
        }

        foreach (var group in groups.Values)
        {
            group.Variables.CopyTo(frame.Variables, FirstVariable);
            for (var i = 0; i < Aggregates.Length; i++) frame.Aggregates[Aggregates[i].Slot] = group.Accumulators[i].Result;
            yield return Projection(frame);
        }
    }

    private IEnumerable<SqlValue> Window(IEnumerable<SqlValue> results)
    {
        var skip = Offset;
        var left = Limit ?? long.MaxValue;
        foreach (var result in results)
        {
            if (skip > 0)
            {
                skip--;
                continue;
            }

            yield return result;
            if (--left == 0) yield break;
        }
    }

    /// <summary>Sets the variables of one row after another; the number yielded means nothing.</summary>
    private IEnumerable<int> Rows(SqlFrame frame, int source)
    {
        if (Sources.Length == 0)
        {
            if (Where is null || Where(frame).IsTrue) yield return 0;
            yield break;
        }

        var slot = FirstVariable + source;
        var isLast = source == Sources.Length - 1;
        foreach (var value in Sources[source](frame))
        {
            frame.Variables[slot] = value;
            if (!isLast)
            {
                foreach (var row in Rows(frame, source + 1)) yield return row;
            }
            else if (Where is null || Where(frame).IsTrue)
            {
                yield return 0;
            }
        }
    }

    private SqlValue Key(SqlFrame frame)
    {
        if (GroupBy.Length == 1) return GroupBy[0](frame);
        var keys = new SqlValue[GroupBy.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = GroupBy[i](frame);
        return SqlValue.Of(keys);
    }

    private SqlValue[] Snapshot(SqlFrame frame) => frame.Variables.AsSpan(FirstVariable, Sources.Length).ToArray();

    private sealed class Group(SqlValue[] variables, SqlAggregate[] aggregates)
    {
        /// <summary>The first row of the group, for the parts of the projection that are the same for all.</summary>
        public SqlValue[] Variables { get; set; } = variables;

        public SqlAccumulator[] Accumulators { get; } = Array.ConvertAll(aggregates, aggregate => aggregate.Start());

        public bool IsEmpty { get; private set; } = true;

        public void Add(SqlFrame frame)
        {
            IsEmpty = false;
            for (var i = 0; i < Accumulators.Length; i++) Accumulators[i].Add(aggregates[i].Argument(frame));
        }
    }
}

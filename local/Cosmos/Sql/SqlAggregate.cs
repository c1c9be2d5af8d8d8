namespace TikTok.Local.Cosmos.Sql;

internal enum SqlAggregateKind
{
    Count,
    CountIf,
    Sum,
    Average,
    Min,
    Max,
    MakeList,
    MakeSet,
}

/// <summary>An aggregate of a block: where its result goes, and what it is fed with.</summary>
internal sealed record SqlAggregate(SqlAggregateKind Kind, int Slot, SqlEvaluator Argument)
{
    public SqlAccumulator Start() => Kind switch
    {
        SqlAggregateKind.Count => new CountAccumulator(countTrueOnly: false),
        SqlAggregateKind.CountIf => new CountAccumulator(countTrueOnly: true),
        SqlAggregateKind.Sum => new SumAccumulator(average: false),
        SqlAggregateKind.Average => new SumAccumulator(average: true),
        SqlAggregateKind.Min => new ExtremeAccumulator(sign: -1),
        SqlAggregateKind.Max => new ExtremeAccumulator(sign: 1),
        SqlAggregateKind.MakeList => new ListAccumulator(distinct: false),
        _ => new ListAccumulator(distinct: true),
    };
}

/// <summary>Folds the values of one group. Undefined values are passed over, as if the row were not there.</summary>
internal abstract class SqlAccumulator
{
    public abstract SqlValue Result { get; }

    public void Add(SqlValue value)
    {
        if (!value.IsUndefined) AddDefined(value);
    }

    protected abstract void AddDefined(SqlValue value);
}

internal sealed class CountAccumulator(bool countTrueOnly) : SqlAccumulator
{
    private long _count;

    public override SqlValue Result => SqlValue.Of((double)_count);

    protected override void AddDefined(SqlValue value)
    {
        if (!countTrueOnly || value.IsTrue) _count++;
    }
}

/// <summary>The sum (0 of nothing) or the mean (undefined of nothing); one value that is no number makes it undefined.</summary>
internal sealed class SumAccumulator(bool average) : SqlAccumulator
{
    private double _sum;
    private long _count;
    private bool _undefined;

    public override SqlValue Result => _undefined ? default : SqlValue.Of(average ? _sum / _count : _sum);

    protected override void AddDefined(SqlValue value)
    {
        if (value.Kind != SqlKind.Number)
        {
            _undefined = true;
            return;
        }

        _sum += value.Number;
        _count++;
    }
}

/// <summary>The least or greatest value in the order of ORDER BY; an array or object among the values makes it undefined.</summary>
internal sealed class ExtremeAccumulator(int sign) : SqlAccumulator
{
    private SqlValue _best;
    private bool _undefined;

    public override SqlValue Result => _undefined ? default : _best;

    protected override void AddDefined(SqlValue value)
    {
        if (value.Kind is SqlKind.Array or SqlKind.Object) _undefined = true;
        else if (_best.IsUndefined || SqlValueComparer.Instance.Compare(value, _best) * sign > 0) _best = value.Read();
    }
}

internal sealed class ListAccumulator(bool distinct) : SqlAccumulator
{
    private readonly List<SqlValue> _items = [];
    private readonly HashSet<SqlValue> _seen = new(SqlValueComparer.Instance);

    public override SqlValue Result => SqlValue.Of(_items);

    protected override void AddDefined(SqlValue value)
    {
        if (!distinct || _seen.Add(value)) _items.Add(value);
    }
}

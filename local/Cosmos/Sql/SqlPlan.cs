using System.Text.Json;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>
/// Query plans. The query sent to the partitions yields what the client merges: rows with their sort keys for ORDER BY, partial
/// results for aggregates, group keys beside the columns for GROUP BY. The forms are those of the public .NET SDK's plan baselines.
/// </summary>
internal sealed class SqlPlan
{
    private const string Filter = "{documentdb-formattableorderbyquery-filter}";

    private readonly SqlSelect _query;
    private readonly long? _top;
    private readonly long? _offset;
    private readonly long? _limit;

    private SqlPlan(SqlSelect query, SqlCompiler compiler)
    {
        _query = query;
        _top = compiler.Count(query.Top, "SC2060", "TOP");
        _offset = compiler.Count(query.Offset, "SC2062", "OFFSET");
        _limit = compiler.Count(query.Limit, "SC2061", "LIMIT");
    }

    private List<string> Aggregates { get; } = [];

    private List<KeyValuePair<string, string?>> Columns { get; } = [];

    private bool HasGroupBy => _query.GroupBy.Count > 0;

    private bool IsGrouped => HasGroupBy || SqlSemantics.Projected(_query.Projection).Any(SqlSemantics.ContainsAggregate);

    public static JsonElement Build(SqlSelect query, SqlCompiler compiler)
    {
        if (DistinctCount(query) is { } inner)
        {
            var alias = query.Projection is ListProjection list ? SqlSemantics.Named(list).First().Name : "";
            return SqlJson.Build(new SqlPlan(inner, compiler),
                (writer, plan) => plan.Write(writer, SqlPrinter.Print(plan._query), alias));
        }

        return SqlJson.Build(new SqlPlan(query, compiler), static (writer, plan) => plan.Write(writer, plan.Rewrite(), null));
    }

    /// <summary>The subquery of <c>SELECT VALUE COUNT(1) FROM (SELECT DISTINCT …)</c>, which the client counts itself.</summary>
    private static SqlSelect? DistinctCount(SqlSelect query)
    {
        if (query is not { Distinct: false, Where: null, GroupBy.Count: 0, From.Sources: [SubquerySource { Iterates: false, Query.Distinct: true } source] })
            return null;
        var projected = SqlSemantics.Projected(query.Projection).ToList();
        return projected is [CallExpression { Arguments: [var counted] } call] && call.Name.Equals("COUNT", StringComparison.OrdinalIgnoreCase)
            && (counted is NumberLiteral || counted is IdentifierExpression identifier && identifier.Name == source.Alias)
            ? source.Query
            : null;
    }

    private string Rewrite()
    {
        if (IsGrouped) return RewriteGroups();
        if (_query.OrderBy.Count > 0) return RewriteOrder();
        if (_query.Distinct) return _top is null && _limit is null ? "" : SqlPrinter.Print(Unlimited(_query));
        return _limit is null ? "" : SqlPrinter.Print(Windowed(_query));
    }

    private string RewriteGroups()
    {
        SqlExpression payload;
        if (_query.Projection is ListProjection list)
        {
            var properties = new List<SqlProperty>();
            foreach (var (name, expression) in SqlSemantics.Named(list))
            {
                properties.Add(new SqlProperty(name, Partial(expression, out var aggregate)));
                Columns.Add(new(name, aggregate));
            }

            payload = new ObjectExpression(new SqlList<SqlProperty>(properties));
        }
        else
        {
            var partial = Partial(((ValueProjection)_query.Projection).Expression, out var aggregate);
            if (aggregate is not null)
            {
                Aggregates.Add(aggregate);
                partial = new ArrayExpression(new SqlList<SqlExpression>([partial]));
            }

            payload = partial;
            if (!HasGroupBy) return SqlPrinter.Print(Unlimited(_query) with { Projection = new ValueProjection(payload) });
        }

        var items = new List<SqlSelectItem>();
        if (HasGroupBy) items.Add(new SqlSelectItem(Items(_query.GroupBy), "groupByItems"));
        items.Add(new SqlSelectItem(payload, "payload"));
        return SqlPrinter.Print(Unlimited(_query) with { Projection = new ListProjection(new SqlList<SqlSelectItem>(items)) });
    }

    private string RewriteOrder()
    {
        var root = _query.From?.Sources[0] is PathSource { Variable: { } variable }
            ? new IdentifierExpression(variable)
            : throw new SqlException("2206", "Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.", -1, -1);
        SqlExpression placeholder = new PlaceholderExpression(Filter);
        var where = _query.Where is null ? placeholder : new BinaryExpression(SqlBinaryOperator.And, _query.Where, placeholder);
        SqlExpression payload = root;
        if (_query.Projection is ValueProjection value)
        {
            payload = value.Expression;
            where = new BinaryExpression(SqlBinaryOperator.And, where, new CallExpression("IS_DEFINED", new SqlList<SqlExpression>([payload])));
        }
        else if (_query.Projection is ListProjection list)
        {
            payload = new ObjectExpression(new SqlList<SqlProperty>(
                SqlSemantics.Named(list).Select(column => new SqlProperty(column.Name, column.Expression)).ToList()));
        }

        var projection = new ListProjection(new SqlList<SqlSelectItem>(
        [
            new SqlSelectItem(new MemberExpression(root, "_rid"), null),
            new SqlSelectItem(Items(_query.OrderBy.Select(item => item.Expression)), "orderByItems"),
            new SqlSelectItem(payload, "payload"),
        ]));
        var rewritten = _query.Distinct ? Unlimited(_query) with { Distinct = false } : Windowed(_query);
        return SqlPrinter.Print(rewritten with { Projection = projection, Where = where });
    }

    /// <summary>An aggregate in the form in which partitions report it; any other expression as it is.</summary>
    private static SqlExpression Partial(SqlExpression expression, out string? aggregate)
    {
        aggregate = null;
        if (expression is not CallExpression call || !SqlFunctionTable.IsAggregate(call.Name, out var kind))
        {
            if (SqlSemantics.ContainsAggregate(expression))
                throw new SqlException("SC2104", "Compositions of aggregates and other expressions are not allowed.", -1, -1);
            return expression;
        }

        aggregate = kind.ToString();
        var count = new SqlProperty("count", new CallExpression("COUNT", call.Arguments));
        switch (kind)
        {
            case SqlAggregateKind.Average:
                return Object(new SqlProperty("item", Object(new SqlProperty("sum", new CallExpression("SUM", call.Arguments)), count)));
            case SqlAggregateKind.Min or SqlAggregateKind.Max:
                var name = kind == SqlAggregateKind.Min ? "min" : "max";
                return Object(new SqlProperty("item", call), new SqlProperty("item2", Object(new SqlProperty(name, call), count)));
            default:
                return Object(new SqlProperty("item", call));
        }
    }

    private static ObjectExpression Object(params SqlProperty[] properties) => new(new SqlList<SqlProperty>(properties));

    private static ArrayExpression Items(IEnumerable<SqlExpression> expressions) =>
        new(new SqlList<SqlExpression>(expressions.Select(SqlExpression (expression) => Object(new SqlProperty("item", expression))).ToList()));

    private static SqlSelect Unlimited(SqlSelect query) => query with { Top = null, Offset = null, Limit = null };

    /// <summary>Each partition gives all rows that may be wanted; the client skips and takes over all of them.</summary>
    private SqlSelect Windowed(SqlSelect query) => _limit is null ? query : query with
    {
        Offset = new NumberLiteral(0),
        Limit = new NumberLiteral(_offset!.Value + _limit.Value),
    };

    private string DistinctType()
    {
        if (!_query.Distinct) return "None";
        var projected = SqlSemantics.Projected(_query.Projection).ToList();
        var keys = _query.OrderBy.Select(item => item.Expression).ToHashSet();
        return projected.Count > 0 && projected.TrueForAll(keys.Contains) && keys.Count == projected.Count ? "Ordered" : "Unordered";
    }

    private void Write(Utf8JsonWriter writer, string rewritten, string? distinctCount)
    {
        var ordered = _query.OrderBy.Count > 0 && !IsGrouped;
        writer.WriteStartObject();
        writer.WriteNumber("partitionedQueryExecutionInfoVersion", 2);
        writer.WriteStartObject("queryInfo");
        writer.WriteString("distinctType", DistinctType());
        WriteCount(writer, "top", _top);
        WriteCount(writer, "offset", _offset);
        WriteCount(writer, "limit", _limit);
        WriteStrings(writer, "orderBy", ordered ? _query.OrderBy.Select(item => item.IsDescending == true ? "Descending" : "Ascending") : []);
        WriteStrings(writer, "orderByExpressions", ordered ? _query.OrderBy.Select(item => SqlPrinter.Print(item.Expression)) : []);
        WriteStrings(writer, "groupByExpressions", _query.GroupBy.Select(SqlPrinter.Print));
        WriteStrings(writer, "groupByAliases", Columns.Select(column => column.Key));
        WriteStrings(writer, "aggregates", Aggregates);
        writer.WriteStartObject("groupByAliasToAggregateType");
        foreach (var (name, aggregate) in Columns)
        {
            if (aggregate is null) writer.WriteNull(name);
            else writer.WriteString(name, aggregate);
        }

        writer.WriteEndObject();
        writer.WriteString("rewrittenQuery", rewritten);
        writer.WriteBoolean("hasSelectValue", _query.Projection is ValueProjection);
        writer.WriteBoolean("hasNonStreamingOrderBy", ordered && _query.OrderBy.Any(item => item.Expression is CallExpression));
        if (distinctCount is not null)
        {
            writer.WriteStartObject("dCountInfo");
            writer.WriteString("dCountAlias", distinctCount);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        WriteRange(writer);
        writer.WriteNull("hybridSearchQueryInfo");
        writer.WriteEndObject();
    }

    /// <summary>All partitions; for a query without FROM, which has one row, a single point.</summary>
    private void WriteRange(Utf8JsonWriter writer)
    {
        var isPoint = _query.From is null;
        writer.WriteStartArray("queryRanges");
        writer.WriteStartObject();
        writer.WriteString("min", "");
        writer.WriteString("max", isPoint ? "" : "FF");
        writer.WriteBoolean("isMinInclusive", true);
        writer.WriteBoolean("isMaxInclusive", isPoint);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteCount(Utf8JsonWriter writer, string name, long? count)
    {
        if (count is { } value) writer.WriteNumber(name, value);
        else writer.WriteNull(name);
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}

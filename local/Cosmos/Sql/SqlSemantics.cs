namespace TikTok.Local.Cosmos.Sql;

/// <summary>What the grammar allows but the service refuses, and the names of the columns of a projection.</summary>
internal static class SqlSemantics
{
    /// <exception cref="SqlException">The block means nothing.</exception>
    public static void Check(SqlSelect query)
    {
        if (query.Projection is StarProjection)
        {
            if (query.From is not { } from) throw Refuse("SC2040", "'SELECT *' is not valid if FROM clause is omitted.");
            if (from.Sources.Count > 1) throw Refuse("SC2039", "'SELECT *' is only valid with a single input set.");
            if (query.GroupBy.Count > 0) throw Refuse("SC2041", "'SELECT *' is not allowed with GROUP BY.");
        }

        if (query.GroupBy.Count > 0 && query.OrderBy.Count > 0) throw Refuse("SC2103", "ORDER BY is not supported with GROUP BY.");
        if (query.Top is not null && query.Limit is not null) throw Refuse("SC2063", "TOP is not allowed with OFFSET LIMIT.");
        var projected = Projected(query.Projection).ToList();
        foreach (var expression in projected) CheckAggregates(expression);
        if (query.GroupBy.Count == 0 && !projected.Exists(ContainsAggregate)) return;
        var keys = query.GroupBy.ToHashSet();
        foreach (var expression in projected) CheckGrouped(expression, keys);
    }

    /// <summary>What ORDER BY of a whole query may sort by: paths into the documents, and vector distances.</summary>
    /// <exception cref="SqlException">It sorts by something else.</exception>
    public static void CheckOrder(SqlSelect query)
    {
        if (query.From is null || query.From.Sources[0] is not PathSource root) return;
        foreach (var item in query.OrderBy)
        {
            if (item.Expression is CallExpression { Name: var name } && name.Equals("VECTORDISTANCE", StringComparison.OrdinalIgnoreCase)) continue;
            var path = item.Expression;
            while (path is MemberExpression or IndexExpression { Index: StringLiteral or NumberLiteral })
                path = path is MemberExpression member ? member.Target : ((IndexExpression)path).Target;
            if (path is not IdentifierExpression identifier || item.Expression is IdentifierExpression && root.Path.Count == 0 && !root.Iterates)
                throw Refuse("2206", "Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.");
            if (identifier.Name != root.Variable && query.From.Sources.Any(source => (source as PathSource)?.Variable == identifier.Name))
                throw Refuse("2207", "Order-by over correlated collections is not supported.");
        }
    }

    /// <summary>The columns: an alias, else the last name of a path, else <c>$1</c>, <c>$2</c>, … in turn.</summary>
    public static IEnumerable<(string Name, SqlExpression Expression)> Named(ListProjection list)
    {
        var unnamed = 0;
        foreach (var item in list.Items)
        {
            yield return (item.Alias ?? item.Expression switch
            {
                IdentifierExpression identifier => identifier.Name,
                MemberExpression member => member.Name,
                IndexExpression { Index: StringLiteral name } => name.Value,
                _ => $"${++unnamed}",
            }, item.Expression);
        }
    }

    public static bool ContainsAggregate(SqlExpression expression) =>
        expression is CallExpression call && SqlFunctionTable.IsAggregate(call.Name, out _) || Children(expression).Any(ContainsAggregate);

    public static IEnumerable<SqlExpression> Projected(SqlProjection projection) => projection switch
    {
        ValueProjection value => [value.Expression],
        ListProjection list => list.Items.Select(item => item.Expression),
        _ => [],
    };

    private static void CheckAggregates(SqlExpression expression)
    {
        if (expression is CallExpression call && SqlFunctionTable.IsAggregate(call.Name, out _)
            && (ContainsAggregate(call.Arguments[0]) || ContainsSubquery(call.Arguments[0])))
            throw Refuse("SC2101", "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.");
        foreach (var child in Children(expression)) CheckAggregates(child);
    }

    private static bool ContainsSubquery(SqlExpression expression) => expression is SubqueryExpression || Children(expression).Any(ContainsSubquery);

    private static void CheckGrouped(SqlExpression expression, HashSet<SqlExpression> keys)
    {
        if (keys.Contains(expression) || expression is CallExpression call && SqlFunctionTable.IsAggregate(call.Name, out _)) return;
        if (expression is IdentifierExpression or MemberExpression or IndexExpression { Index: StringLiteral or NumberLiteral }
            && IsPath(expression) && !ContainsKey(expression, keys))
        {
            var text = SqlPrinter.Print(expression);
            throw Refuse("SC2102", $"Property reference '{text}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.");
        }

        foreach (var child in Children(expression)) CheckGrouped(child, keys);
    }

    private static bool IsPath(SqlExpression expression) => expression switch
    {
        IdentifierExpression => true,
        MemberExpression member => IsPath(member.Target),
        IndexExpression index => IsPath(index.Target),
        _ => false,
    };

    private static bool ContainsKey(SqlExpression expression, HashSet<SqlExpression> keys) =>
        keys.Contains(expression) || Children(expression).Any(child => ContainsKey(child, keys));

    private static IEnumerable<SqlExpression> Children(SqlExpression expression) => expression switch
    {
        MemberExpression member => [member.Target],
        IndexExpression index => [index.Target, index.Index],
        UnaryExpression unary => [unary.Operand],
        BinaryExpression binary => [binary.Left, binary.Right],
        ConditionalExpression conditional => [conditional.Condition, conditional.Then, conditional.Otherwise],
        BetweenExpression between => [between.Operand, between.Low, between.High],
        InExpression membership => membership.Candidates.Prepend(membership.Operand),
        LikeExpression like => [like.Operand, like.Pattern],
        CallExpression call => call.Arguments,
        ArrayExpression array => array.Items,
        ObjectExpression value => value.Properties.Select(property => property.Value),
        _ => [],
    };

    private static SqlException Refuse(string code, string message) => new(code, message, -1, -1);
}

namespace TikTok.Local.Cosmos.Sql;

/// <summary>A built-in function over evaluated arguments; it answers undefined where its arguments do not fit.</summary>
internal delegate SqlValue SqlFunction(SqlValue[] arguments);

/// <summary>A built-in function and how many arguments it takes.</summary>
internal sealed record SqlFunctionEntry(string Name, int Minimum, int Maximum, Func<SqlFunctionContext, SqlFunction> Bind);

/// <summary>What a function may know beyond its arguments.</summary>
internal sealed record SqlFunctionContext(TimeProvider Time);

/// <summary>All built-in functions and aggregates, by name in any case.</summary>
internal static class SqlFunctionTable
{
    private static readonly Dictionary<string, SqlFunctionEntry> Functions =
        SqlTypeFunctions.All
            .Concat(SqlMathFunctions.All)
            .Concat(SqlStringFunctions.All)
            .Concat(SqlConversionFunctions.All)
            .Concat(SqlArrayFunctions.All)
            .Concat(SqlTimeFunctions.All)
            .ToDictionary(entry => entry.Name, StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, SqlAggregateKind> Aggregates = new(StringComparer.OrdinalIgnoreCase)
    {
        ["COUNT"] = SqlAggregateKind.Count,
        ["COUNTIF"] = SqlAggregateKind.CountIf,
        ["SUM"] = SqlAggregateKind.Sum,
        ["AVG"] = SqlAggregateKind.Average,
        ["MIN"] = SqlAggregateKind.Min,
        ["MAX"] = SqlAggregateKind.Max,
        ["MAKELIST"] = SqlAggregateKind.MakeList,
        ["MAKESET"] = SqlAggregateKind.MakeSet,
    };

    public static bool IsAggregate(string name, out SqlAggregateKind kind) => Aggregates.TryGetValue(name, out kind);

    public static SqlFunction Bind(string name, SqlFunctionContext context) => Functions[name].Bind(context);

    /// <summary>Refuses an unknown function or a wrong number of arguments.</summary>
    public static void Check(SqlToken name, int arguments, int end)
    {
        int minimum = 1, maximum = 1;
        if (!IsAggregate(name.Text, out _))
        {
            if (!Functions.TryGetValue(name.Text, out var entry))
                throw new SqlException("SC2005", $"'{name.Text}' is not a recognized built-in function name.", name.Start, name.End);
            (minimum, maximum) = (entry.Minimum, entry.Maximum);
        }

        if (arguments >= minimum && arguments <= maximum) return;
        var expected = minimum == maximum ? $"{minimum}" : maximum == int.MaxValue ? $"at least {minimum}" : $"{minimum} to {maximum}";
        throw new SqlException("SC2050", $"The {name.Text.ToUpperInvariant()} function requires {expected} argument(s).", name.Start, end);
    }

    public static SqlFunctionEntry Entry(string name, int minimum, int maximum, SqlFunction function) => new(name, minimum, maximum, _ => function);

    public static SqlFunctionEntry Entry(string name, int count, SqlFunction function) => new(name, count, count, _ => function);
}

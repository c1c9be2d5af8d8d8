using static TikTok.Local.Cosmos.Sql.SqlFunctionTable;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>Numeric functions: undefined unless every argument is a number, and where the result is not finite.</summary>
internal static class SqlMathFunctions
{
    public static IReadOnlyList<SqlFunctionEntry> All { get; } =
    [
        Unary("ABS", Math.Abs),
        Unary("ACOS", Math.Acos),
        Unary("ASIN", Math.Asin),
        Unary("ATAN", Math.Atan),
        Binary("ATN2", Math.Atan2),
        Unary("CEILING", Math.Ceiling),
        Unary("COS", Math.Cos),
        Unary("COT", x => 1 / Math.Tan(x)),
        Unary("DEGREES", x => x * 180 / Math.PI),
        Unary("EXP", Math.Exp),
        Unary("FLOOR", Math.Floor),
        Entry("LOG", 1, 2, Log),
        Unary("LOG10", Math.Log10),
        Entry("PI", 0, _ => SqlValue.Of(Math.PI)),
        Binary("POWER", Math.Pow),
        Unary("RADIANS", x => x * Math.PI / 180),
        Entry("RAND", 0, _ => SqlValue.Of(Random.Shared.NextDouble())),
        Entry("ROUND", 1, 2, Round),
        Unary("SIGN", x => Math.Sign(x)),
        Unary("SIN", Math.Sin),
        Unary("SQRT", Math.Sqrt),
        Unary("SQUARE", x => x * x),
        Unary("TAN", Math.Tan),
        Unary("TRUNC", Math.Truncate),
        Entry("NUMBERBIN", 1, 2, NumberBin),
    ];

    private static SqlFunctionEntry Unary(string name, Func<double, double> function) =>
        Entry(name, 1, arguments => arguments[0].Kind == SqlKind.Number ? SqlValue.Of(function(arguments[0].Number)) : default);

    private static SqlFunctionEntry Binary(string name, Func<double, double, double> function) =>
        Entry(name, 2, arguments => AreNumbers(arguments) ? SqlValue.Of(function(arguments[0].Number, arguments[1].Number)) : default);

    private static bool AreNumbers(SqlValue[] arguments) => Array.TrueForAll(arguments, argument => argument.Kind == SqlKind.Number);

    private static SqlValue Log(SqlValue[] arguments)
    {
        if (!AreNumbers(arguments)) return default;
        return SqlValue.Of(arguments.Length == 1 ? Math.Log(arguments[0].Number) : Math.Log(arguments[0].Number, arguments[1].Number));
    }

    private static SqlValue Round(SqlValue[] arguments)
    {
        if (!AreNumbers(arguments)) return default;
        if (arguments.Length == 1) return SqlValue.Of(Math.Round(arguments[0].Number, MidpointRounding.AwayFromZero));
        var digits = arguments[1].Number;
        return digits is >= 0 and <= 15 && double.IsInteger(digits)
            ? SqlValue.Of(Math.Round(arguments[0].Number, (int)digits, MidpointRounding.AwayFromZero))
            : default;
    }

    private static SqlValue NumberBin(SqlValue[] arguments)
    {
        if (!AreNumbers(arguments)) return default;
        var size = arguments.Length == 2 ? arguments[1].Number : 1;
        return size == 0 ? default : SqlValue.Of(Math.Floor(arguments[0].Number / size) * size);
    }
}

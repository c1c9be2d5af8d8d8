using static TikTok.Local.Cosmos.Sql.SqlFunctionTable;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>Type tests, which are defined for every argument, and the conditional functions.</summary>
internal static class SqlTypeFunctions
{
    public static IReadOnlyList<SqlFunctionEntry> All { get; } =
    [
        Test("IS_DEFINED", value => !value.IsUndefined),
        Test("IS_NULL", value => value.Kind == SqlKind.Null),
        Test("IS_BOOL", value => value.Kind == SqlKind.Boolean),
        Test("IS_BOOLEAN", value => value.Kind == SqlKind.Boolean),
        Test("IS_NUMBER", value => value.Kind == SqlKind.Number),
        Test("IS_FINITE_NUMBER", value => value.Kind == SqlKind.Number && double.IsFinite(value.Number)),
        Test("IS_INTEGER", value => value.Kind == SqlKind.Number && double.IsInteger(value.Number) && Math.Abs(value.Number) < 9.3e18),
        Test("IS_STRING", value => value.Kind == SqlKind.String),
        Test("IS_ARRAY", value => value.Kind == SqlKind.Array),
        Test("IS_OBJECT", value => value.Kind == SqlKind.Object),
        Test("IS_PRIMITIVE", value => value.Kind is SqlKind.Null or SqlKind.Boolean or SqlKind.Number or SqlKind.String),
        Entry("IIF", 3, arguments => arguments[0].IsTrue ? arguments[1] : arguments[2]),
        Entry("CHOOSE", 2, int.MaxValue, Choose),
    ];

    private static SqlFunctionEntry Test(string name, Func<SqlValue, bool> test) => Entry(name, 1, arguments => SqlValue.Of(test(arguments[0])));

    private static SqlValue Choose(SqlValue[] arguments)
    {
        if (arguments[0].Kind != SqlKind.Number) return default;
        var index = arguments[0].Number;
        return index >= 1 && index < arguments.Length && double.IsInteger(index) ? arguments[(int)index] : default;
    }
}

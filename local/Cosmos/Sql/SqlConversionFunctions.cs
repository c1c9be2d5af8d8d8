using System.Globalization;
using System.Text;
using System.Text.Json;
using static TikTok.Local.Cosmos.Sql.SqlFunctionTable;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>Conversions between strings and the other types; text that is not JSON of the wanted type converts to undefined.</summary>
internal static class SqlConversionFunctions
{
    public static IReadOnlyList<SqlFunctionEntry> All { get; } =
    [
        Entry("TOSTRING", 1, arguments => ToText(arguments[0])),
        Entry("STRINGTONUMBER", 1, ToNumber),
        Entry("TONUMBER", 1, ToNumber),
        Parse("STRINGTOBOOLEAN", SqlKind.Boolean),
        Parse("STRINGTONULL", SqlKind.Null),
        Parse("STRINGTOARRAY", SqlKind.Array),
        Parse("STRINGTOOBJECT", SqlKind.Object),
    ];

    private static SqlFunctionEntry Parse(string name, SqlKind kind) => Entry(name, 1, arguments =>
    {
        if (arguments[0].Kind != SqlKind.String) return default;
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(arguments[0].String));
            var value = SqlValue.Of(JsonElement.ParseValue(ref reader));
            return value.Kind == kind && !reader.Read() ? value : default;
        }
        catch (JsonException)
        {
            return default;
        }
    });

    private static SqlValue ToNumber(SqlValue[] arguments)
    {
        if (arguments[0].Kind == SqlKind.Number) return arguments[0];
        if (arguments[0].Kind != SqlKind.String) return default;
        return double.TryParse(arguments[0].String, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? SqlValue.Of(number) : default;
    }

    private static SqlValue ToText(SqlValue value) => value.Kind switch
    {
        SqlKind.Undefined => default,
        SqlKind.String => value,
        SqlKind.Null => SqlValue.Of("null"),
        SqlKind.Boolean => SqlValue.Of(value.Boolean ? "true" : "false"),
        _ => SqlValue.Of(value.ToElement().GetRawText()),
    };
}

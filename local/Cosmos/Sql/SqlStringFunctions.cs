using System.Text;
using System.Text.RegularExpressions;
using static TikTok.Local.Cosmos.Sql.SqlFunctionTable;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>
/// String functions: ordinal, in UTF-16 code units, undefined unless the arguments are of the documented types. Those that search
/// take an optional flag that makes them ignore case.
/// </summary>
internal static class SqlStringFunctions
{
    /// <summary>A pattern that runs longer is refused, so that no query can hold the service.</summary>
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Longest string that REPLICATE builds, in characters.</summary>
    private const int MaximumReplicated = 10_000;

    public static IReadOnlyList<SqlFunctionEntry> All { get; } =
    [
        Search("CONTAINS", (text, part, comparison) => text.Contains(part, comparison)),
        Search("STARTSWITH", (text, part, comparison) => text.StartsWith(part, comparison)),
        Search("ENDSWITH", (text, part, comparison) => text.EndsWith(part, comparison)),
        Search("STRINGEQUALS", (text, other, comparison) => string.Equals(text, other, comparison)),
        Entry("CONCAT", 2, int.MaxValue, Concat),
        Entry("INDEX_OF", 2, 3, IndexOf),
        Entry("LEFT", 2, arguments => Slice(arguments[0], SqlValue.Of(0d), arguments[1])),
        Entry("LENGTH", 1, arguments => arguments[0].Kind == SqlKind.String ? SqlValue.Of((double)arguments[0].String.Length) : default),
        Text("LOWER", text => text.ToLowerInvariant()),
        Text("UPPER", text => text.ToUpperInvariant()),
        Trim("TRIM", (text, characters) => text.Trim(characters)),
        Trim("LTRIM", (text, characters) => text.TrimStart(characters)),
        Trim("RTRIM", (text, characters) => text.TrimEnd(characters)),
        Entry("REGEXMATCH", 2, 3, RegexMatch),
        Entry("REPLACE", 3, Replace),
        Entry("REPLICATE", 2, Replicate),
        Text("REVERSE", Reverse),
        Entry("RIGHT", 2, Right),
        Entry("STRINGJOIN", 2, Join),
        Entry("STRINGSPLIT", 2, Split),
        Entry("SUBSTRING", 3, arguments => Slice(arguments[0], arguments[1], arguments[2])),
    ];

    private static SqlFunctionEntry Text(string name, Func<string, string> function) =>
        Entry(name, 1, arguments => arguments[0].Kind == SqlKind.String ? SqlValue.Of(function(arguments[0].String)) : default);

    private static SqlFunctionEntry Trim(string name, Func<string, char[]?, string> function) => Entry(name, 1, 2, arguments =>
        AreStrings(arguments) ? SqlValue.Of(function(arguments[0].String, arguments.Length == 2 ? arguments[1].String.ToCharArray() : null)) : default);

    private static SqlFunctionEntry Search(string name, Func<string, string, StringComparison, bool> function) => Entry(name, 2, 3, arguments =>
    {
        if (arguments[0].Kind != SqlKind.String || arguments[1].Kind != SqlKind.String) return default;
        var ignoreCase = false;
        if (arguments.Length == 3 && !arguments[2].IsUndefined)
        {
            if (arguments[2].Kind != SqlKind.Boolean) return default;
            ignoreCase = arguments[2].Boolean;
        }

        var comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return SqlValue.Of(function(arguments[0].String, arguments[1].String, comparison));
    });

    private static bool AreStrings(SqlValue[] arguments) => Array.TrueForAll(arguments, argument => argument.Kind == SqlKind.String);

    private static bool IsInteger(SqlValue value, out long integer)
    {
        var number = value.Kind == SqlKind.Number ? value.Number : double.NaN;
        var whole = double.IsInteger(number) && Math.Abs(number) < 9e15;
        integer = whole ? (long)number : 0;
        return whole;
    }

    private static SqlValue Concat(SqlValue[] arguments)
    {
        if (!AreStrings(arguments)) return default;
        var text = new StringBuilder();
        foreach (var argument in arguments) text.Append(argument.String);
        return SqlValue.Of(text.ToString());
    }

    private static SqlValue IndexOf(SqlValue[] arguments)
    {
        if (arguments[0].Kind != SqlKind.String || arguments[1].Kind != SqlKind.String) return default;
        var text = arguments[0].String;
        long start = 0;
        if (arguments.Length == 3 && (!IsInteger(arguments[2], out start) || start < 0 || start > text.Length)) return default;
        return SqlValue.Of((double)text.IndexOf(arguments[1].String, (int)start, StringComparison.Ordinal));
    }

    private static SqlValue Slice(SqlValue value, SqlValue start, SqlValue length)
    {
        if (value.Kind != SqlKind.String || !IsInteger(start, out var from) || !IsInteger(length, out var count)) return default;
        var text = value.String;
        from = Math.Clamp(from, 0, text.Length);
        count = Math.Clamp(count, 0, text.Length - from);
        return SqlValue.Of(text.Substring((int)from, (int)count));
    }

    private static SqlValue Right(SqlValue[] arguments)
    {
        if (arguments[0].Kind != SqlKind.String || !IsInteger(arguments[1], out var count)) return default;
        var text = arguments[0].String;
        return SqlValue.Of(text[(int)(text.Length - Math.Clamp(count, 0, text.Length))..]);
    }

    private static SqlValue Replace(SqlValue[] arguments)
    {
        if (!AreStrings(arguments) || arguments[1].String.Length == 0) return default;
        return SqlValue.Of(arguments[0].String.Replace(arguments[1].String, arguments[2].String, StringComparison.Ordinal));
    }

    private static SqlValue Replicate(SqlValue[] arguments)
    {
        if (arguments[0].Kind != SqlKind.String || !IsInteger(arguments[1], out var count) || count < 0) return default;
        var text = arguments[0].String;
        if (text.Length > 0 && count > MaximumReplicated / text.Length) return default;
        return SqlValue.Of(new StringBuilder().Insert(0, text, text.Length == 0 ? 0 : (int)count).ToString());
    }

    private static string Reverse(string text)
    {
        var characters = text.ToCharArray();
        Array.Reverse(characters);
        return new string(characters);
    }

    private static SqlValue Join(SqlValue[] arguments)
    {
        if (arguments[0].Kind != SqlKind.Array || arguments[1].Kind != SqlKind.String) return default;
        var parts = arguments[0].Items.ToList();
        return parts.TrueForAll(part => part.Kind == SqlKind.String)
            ? SqlValue.Of(string.Join(arguments[1].String, parts.Select(part => part.String)))
            : default;
    }

    private static SqlValue Split(SqlValue[] arguments)
    {
        if (!AreStrings(arguments) || arguments[1].String.Length == 0) return default;
        return SqlValue.Of(arguments[0].String.Split(arguments[1].String).Select(SqlValue.Of).ToArray());
    }

    private static SqlValue RegexMatch(SqlValue[] arguments)
    {
        if (!AreStrings(arguments)) return default;
        var options = RegexOptions.CultureInvariant;
        foreach (var modifier in arguments.Length == 3 ? arguments[2].String : "")
        {
            switch (modifier)
            {
                case 'i':
                    options |= RegexOptions.IgnoreCase;
                    break;
                case 'm':
                    options |= RegexOptions.Multiline;
                    break;
                case 's':
                    options |= RegexOptions.Singleline;
                    break;
                case 'x':
                    options |= RegexOptions.IgnorePatternWhitespace;
                    break;
                default:
                    return default;
            }
        }

        try
        {
            return SqlValue.Of(Regex.IsMatch(arguments[0].String, arguments[1].String, options, PatternTimeout));
        }
        catch (RegexMatchTimeoutException)
        {
            throw new SqlException("SC3031", "The REGEXMATCH pattern took too long to evaluate.", -1, -1);
        }
        catch (RegexParseException)
        {
            return default;
        }
    }
}

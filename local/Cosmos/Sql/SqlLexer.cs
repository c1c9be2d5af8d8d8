using System.Globalization;
using System.Text;

namespace TikTok.Local.Cosmos.Sql;

internal enum SqlTokenKind
{
    End,
    Identifier,
    Keyword,
    Parameter,
    Number,
    String,
    Symbol,
}

/// <summary>A token; <paramref name="Text"/> is upper case for keywords and decoded for strings.</summary>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Text, double Number, int Start, int End);

/// <summary>Splits a query into tokens, after the grammar in the public .NET SDK (sql.g4): keywords in any case, but
/// <c>true</c>, <c>false</c>, <c>null</c>, <c>undefined</c> and <c>udf</c> in lower case only.</summary>
internal static class SqlLexer
{
    private static readonly HashSet<string> Keywords = new(StringComparer.OrdinalIgnoreCase)
    {
        "AND", "ARRAY", "AS", "ASC", "BETWEEN", "BY", "DESC", "DISTINCT", "ESCAPE", "EXISTS", "FROM", "GROUP", "IN", "JOIN", "LEFT",
        "LIKE", "LIMIT", "NOT", "OFFSET", "OR", "ORDER", "RIGHT", "SELECT", "TOP", "VALUE", "WHERE",
    };

    private static readonly HashSet<string> LowerCaseKeywords = new(StringComparer.Ordinal) { "true", "false", "null", "undefined", "udf" };

    private static readonly string[] Symbols =
        ["<=", ">=", "!=", "<>", "||", "??", "(", ")", "[", "]", "{", "}", ",", ".", ":", "?", "*", "/", "%", "+", "-", "<", ">", "=", "&", "^", "|", "~"];

    public static List<SqlToken> Tokenize(string text)
    {
        var tokens = new List<SqlToken>();
        var position = 0;
        while (true)
        {
            position = SkipBlank(text, position);
            if (position >= text.Length) break;
            var token = Next(text, position);
            tokens.Add(token);
            position = token.End;
        }

        tokens.Add(new SqlToken(SqlTokenKind.End, "", 0, text.Length, text.Length));
        return tokens;
    }

    /// <summary>Whether a name can stand after a dot; any other is written in brackets.</summary>
    public static bool IsIdentifier(string name) =>
        name.Length > 0 && IsNameStart(name[0]) && NameEnd(name, 0) == name.Length && !Keywords.Contains(name) && !LowerCaseKeywords.Contains(name);

    private static SqlToken Next(string text, int start)
    {
        var first = text[start];
        if (IsNameStart(first)) return Name(text, start);
        if (first == '@' && start + 1 < text.Length && IsNameStart(text[start + 1]))
        {
            var end = NameEnd(text, start + 1);
            return new SqlToken(SqlTokenKind.Parameter, text[start..end], 0, start, end);
        }

        if (char.IsAsciiDigit(first) || (first == '.' && start + 1 < text.Length && char.IsAsciiDigit(text[start + 1]))) return Number(text, start);
        if (first is '"' or '\'') return Quoted(text, start);
        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(text, start, symbol, 0, symbol.Length) == 0)
                return new SqlToken(SqlTokenKind.Symbol, symbol == "<>" ? "!=" : symbol, 0, start, start + symbol.Length);
        }

        throw Near(text, start, start + 1);
    }

    private static SqlToken Name(string text, int start)
    {
        var end = NameEnd(text, start);
        var name = text[start..end];
        if (LowerCaseKeywords.Contains(name)) return new SqlToken(SqlTokenKind.Keyword, name, 0, start, end);
        return Keywords.Contains(name)
            ? new SqlToken(SqlTokenKind.Keyword, name.ToUpperInvariant(), 0, start, end)
            : new SqlToken(SqlTokenKind.Identifier, name, 0, start, end);
    }

    private static SqlToken Number(string text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        if (end < text.Length && text[end] == '.')
        {
            end++;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        }

        if (end < text.Length && text[end] is 'e' or 'E')
        {
            var exponent = end + 1;
            if (exponent < text.Length && text[exponent] is '+' or '-') exponent++;
            if (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
            {
                while (exponent < text.Length && char.IsAsciiDigit(text[exponent])) exponent++;
                end = exponent;
            }
        }

        if (end < text.Length && IsNameStart(text[end])) throw Near(text, start, NameEnd(text, end));
        var digits = text[start..end];
        if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            throw Near(text, start, end);
        return new SqlToken(SqlTokenKind.Number, digits, value, start, end);
    }

    private static SqlToken Quoted(string text, int start)
    {
        var quote = text[start];
        var decoded = new StringBuilder();
        for (var at = start + 1; at < text.Length; at++)
        {
            var c = text[at];
            if (c == quote) return new SqlToken(SqlTokenKind.String, decoded.ToString(), 0, start, at + 1);
            if (c != '\\')
            {
                decoded.Append(c);
                continue;
            }

            at++;
            if (at >= text.Length) break;
            if (text[at] == 'u')
            {
                if (at + 4 >= text.Length
                    || !ushort.TryParse(text.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
                    throw Literal(start, Math.Min(at + 5, text.Length));
                decoded.Append((char)unit);
                at += 4;
                continue;
            }

            decoded.Append(text[at] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '"' or '\'' or '\\' or '/' => text[at],
                _ => throw Literal(start, at + 1),
            });
        }

        throw Literal(start, text.Length);
    }

    private static int SkipBlank(string text, int position)
    {
        while (position < text.Length)
        {
            if (char.IsWhiteSpace(text[position])) position++;
            else if (text[position] == '-' && position + 1 < text.Length && text[position + 1] == '-')
                while (position < text.Length && text[position] != '\n') position++;
            else break;
        }

        return position;
    }

    private static bool IsNameStart(char c) => c == '_' || char.IsLetter(c);

    private static int NameEnd(string text, int start)
    {
        while (start < text.Length && (text[start] == '_' || char.IsLetterOrDigit(text[start]))) start++;
        return start;
    }

    private static SqlException Near(string text, int start, int end) =>
        new("SC1001", $"Syntax error, incorrect syntax near '{text[start..end]}'.", start, end);

    private static SqlException Literal(int start, int end) => new("SC1012", "Syntax error, invalid string literal token.", start, end);
}

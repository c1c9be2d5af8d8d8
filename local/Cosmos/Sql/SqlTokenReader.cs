namespace TikTok.Local.Cosmos.Sql;

/// <summary>A cursor over the tokens of one query, which words the syntax errors.</summary>
internal sealed class SqlTokenReader(List<SqlToken> tokens)
{
    /// <summary>Deeper nesting is refused, so that no query can exhaust the stack of the process.</summary>
    private const int MaximumDepth = 200;

    private int _position;
    private int _depth;

    public SqlToken Current => tokens[_position];

    public void Advance()
    {
        if (_position < tokens.Count - 1) _position++;
    }

    public bool IsKeyword(string keyword, int ahead = 0)
    {
        var at = _position + ahead;
        return at < tokens.Count && tokens[at].Kind == SqlTokenKind.Keyword && tokens[at].Text == keyword;
    }

    public bool IsSymbol(string symbol, int ahead = 0)
    {
        var at = _position + ahead;
        return at < tokens.Count && tokens[at].Kind == SqlTokenKind.Symbol && tokens[at].Text == symbol;
    }

    public bool TryKeyword(string keyword)
    {
        if (!IsKeyword(keyword)) return false;
        Advance();
        return true;
    }

    public bool TrySymbol(string symbol)
    {
        if (!IsSymbol(symbol)) return false;
        Advance();
        return true;
    }

    public void ExpectKeyword(string keyword)
    {
        if (!TryKeyword(keyword)) throw Unexpected();
    }

    public void ExpectSymbol(string symbol)
    {
        if (!TrySymbol(symbol)) throw Unexpected();
    }

    public string ExpectIdentifier()
    {
        if (Current.Kind != SqlTokenKind.Identifier) throw Unexpected();
        var name = Current.Text;
        Advance();
        return name;
    }

    public void ExpectEnd()
    {
        if (Current.Kind != SqlTokenKind.End) throw Unexpected();
    }

    public Nesting Enter()
    {
        if (++_depth > MaximumDepth) throw TooComplex();
        return new Nesting(this);
    }

    public SqlException TooComplex() =>
        new("SC3020", "The query exceeded the maximum allowed nesting of expressions.", Current.Start, Current.End);

    public SqlException Unexpected()
    {
        var token = Current;
        if (token.Kind == SqlTokenKind.End) return new SqlException("SC1001", "Syntax error, unexpected end of query.", token.Start, token.End);
        var text = token.Kind == SqlTokenKind.String ? $"\"{token.Text}\"" : token.Text;
        return new SqlException("SC1001", $"Syntax error, incorrect syntax near '{text}'.", token.Start, token.End);
    }

    public readonly struct Nesting(SqlTokenReader reader) : IDisposable
    {
        public void Dispose() => reader._depth--;
    }
}

namespace TikTok.Local.Cosmos.Sql;

/// <summary>Recursive descent over one query; <see cref="SqlExpressionParser"/> does the scalar expressions.</summary>
internal sealed class SqlParser
{
    private readonly SqlTokenReader _reader;
    private readonly SqlExpressionParser _expressions;

    private SqlParser(string text)
    {
        _reader = new SqlTokenReader(SqlLexer.Tokenize(text));
        _expressions = new SqlExpressionParser(_reader, ParseSelect);
    }

    /// <exception cref="SqlException">The text is not a query.</exception>
    public static SqlSelect ParseQuery(string text)
    {
        var parser = new SqlParser(text);
        var query = parser.ParseSelect();
        parser._reader.ExpectEnd();
        return query;
    }

    /// <exception cref="SqlException">The text is not a scalar expression.</exception>
    public static SqlExpression ParseExpression(string text)
    {
        var parser = new SqlParser(text);
        var expression = parser._expressions.Parse();
        parser._reader.ExpectEnd();
        return expression;
    }

    /// <summary>Reads a patch condition: <c>from c where …</c>, which has no SELECT.</summary>
    /// <exception cref="SqlException">The text is not such a condition.</exception>
    public static SqlSelect ParseCondition(string text)
    {
        var parser = new SqlParser(text);
        var from = parser._reader.IsKeyword("FROM") ? parser.ParseFrom() : throw parser._reader.Unexpected();
        parser._reader.ExpectKeyword("WHERE");
        var where = parser._expressions.Parse();
        parser._reader.ExpectEnd();
        return new SqlSelect(false, null, new ValueProjection(new BooleanLiteral(true)), from, where,
            SqlList<SqlExpression>.Empty, SqlList<SqlOrderItem>.Empty, null, null);
    }

    private SqlSelect ParseSelect()
    {
        using var nesting = _reader.Enter();
        _reader.ExpectKeyword("SELECT");
        var distinct = _reader.TryKeyword("DISTINCT");
        var top = _reader.TryKeyword("TOP") ? ParseCount("SC2060", "The count value provided for a TOP clause must be an integer.") : null;
        var projection = ParseProjection();
        var from = _reader.IsKeyword("FROM") ? ParseFrom() : null;
        var where = _reader.TryKeyword("WHERE") ? _expressions.Parse() : null;
        var groupBy = SqlList<SqlExpression>.Empty;
        if (_reader.TryKeyword("GROUP"))
        {
            _reader.ExpectKeyword("BY");
            groupBy = _expressions.ParseList();
        }

        var orderBy = _reader.TryKeyword("ORDER") ? ParseOrderBy() : SqlList<SqlOrderItem>.Empty;
        SqlExpression? offset = null, limit = null;
        if (_reader.TryKeyword("OFFSET"))
        {
            offset = ParseCount("SC2062", "The OFFSET count value exceeds the maximum allowed value.");
            _reader.ExpectKeyword("LIMIT");
            limit = ParseCount("SC2061", "The LIMIT count value exceeds the maximum allowed value.");
        }

        return new SqlSelect(distinct, top, projection, from, where, groupBy, orderBy, offset, limit);
    }

    private SqlProjection ParseProjection()
    {
        if (_reader.TrySymbol("*")) return new StarProjection();
        if (_reader.TryKeyword("VALUE")) return new ValueProjection(_expressions.Parse());
        var items = new List<SqlSelectItem>();
        do
        {
            var expression = _expressions.Parse();
            string? alias = null;
            if (_reader.TryKeyword("AS")) alias = _reader.ExpectIdentifier();
            else if (_reader.Current.Kind == SqlTokenKind.Identifier) alias = _reader.ExpectIdentifier();
            items.Add(new SqlSelectItem(expression, alias));
        }
        while (_reader.TrySymbol(","));
        return new ListProjection(new SqlList<SqlSelectItem>(items));
    }

    private SqlFrom ParseFrom()
    {
        _reader.ExpectKeyword("FROM");
        var sources = new List<SqlSource> { ParseSource() };
        while (_reader.TryKeyword("JOIN")) sources.Add(ParseSource());
        return new SqlFrom(new SqlList<SqlSource>(sources));
    }

    private SqlSource ParseSource()
    {
        if (_reader.Current.Kind == SqlTokenKind.Identifier && _reader.IsKeyword("IN", 1))
        {
            var variable = _reader.ExpectIdentifier();
            _reader.ExpectKeyword("IN");
            return ParseCollection(variable, iterates: true);
        }

        return ParseCollection(null, iterates: false);
    }

    private SqlSource ParseCollection(string? variable, bool iterates)
    {
        if (_reader.TrySymbol("("))
        {
            var query = ParseSelect();
            _reader.ExpectSymbol(")");
            return new SubquerySource(query, iterates ? variable : ParseAlias(), iterates);
        }

        var root = _reader.ExpectIdentifier();
        var path = ParsePath();
        return new PathSource(root, path, iterates ? variable : ParseAlias(), iterates);
    }

    private SqlList<SqlPathStep> ParsePath()
    {
        var steps = new List<SqlPathStep>();
        while (true)
        {
            if (_reader.TrySymbol("."))
            {
                steps.Add(new SqlPathStep(_reader.ExpectIdentifier(), -1));
            }
            else if (_reader.TrySymbol("["))
            {
                var token = _reader.Current;
                if (token.Kind == SqlTokenKind.String) steps.Add(new SqlPathStep(token.Text, -1));
                else if (token.Kind == SqlTokenKind.Number && token.Number is >= 0 and <= int.MaxValue && token.Number == Math.Floor(token.Number))
                    steps.Add(new SqlPathStep(null, (int)token.Number));
                else throw _reader.Unexpected();
                _reader.Advance();
                _reader.ExpectSymbol("]");
            }
            else
            {
                return new SqlList<SqlPathStep>(steps);
            }
        }
    }

    private string? ParseAlias()
    {
        if (_reader.TryKeyword("AS")) return _reader.ExpectIdentifier();
        return _reader.Current.Kind == SqlTokenKind.Identifier ? _reader.ExpectIdentifier() : null;
    }

    private SqlList<SqlOrderItem> ParseOrderBy()
    {
        _reader.ExpectKeyword("BY");
        var items = new List<SqlOrderItem>();
        do
        {
            var expression = _expressions.Parse();
            bool? descending = _reader.TryKeyword("DESC") ? true : _reader.TryKeyword("ASC") ? false : null;
            items.Add(new SqlOrderItem(expression, descending));
        }
        while (_reader.TrySymbol(","));
        return new SqlList<SqlOrderItem>(items);
    }

    private SqlExpression ParseCount(string code, string refusal)
    {
        var token = _reader.Current;
        if (token.Kind == SqlTokenKind.Parameter)
        {
            _reader.Advance();
            return new ParameterExpression(token.Text);
        }

        if (token.Kind != SqlTokenKind.Number) throw _reader.Unexpected();
        if (token.Number > uint.MaxValue || token.Number != Math.Floor(token.Number)) throw new SqlException(code, refusal, token.Start, token.End);
        _reader.Advance();
        return new NumberLiteral(token.Number);
    }
}

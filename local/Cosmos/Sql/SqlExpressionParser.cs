namespace TikTok.Local.Cosmos.Sql;

/// <summary>
/// Scalar expressions. Binding, loosest first: <c>?:</c> and <c>??</c>; OR; AND; BETWEEN, IN and LIKE; <c>||</c>; <c>|</c>; <c>^</c>;
/// <c>&amp;</c>; equality; relations; sums; products; unary, NOT among them, so that <c>NOT c.a = 1</c> means <c>(NOT c.a) = 1</c>.
/// </summary>
internal sealed class SqlExpressionParser(SqlTokenReader reader, Func<SqlSelect> parseSelect)
{
    /// <summary>Longer chains of one operator are refused: trees of them are walked recursively.</summary>
    private const int MaximumChain = 1500;

    private static readonly (string Symbol, SqlBinaryOperator Operator)[][] Levels =
    [
        [("||", SqlBinaryOperator.Concat)],
        [("|", SqlBinaryOperator.BitwiseOr)],
        [("^", SqlBinaryOperator.BitwiseXor)],
        [("&", SqlBinaryOperator.BitwiseAnd)],
        [("=", SqlBinaryOperator.Equal), ("!=", SqlBinaryOperator.NotEqual)],
        [
            ("<", SqlBinaryOperator.Less), ("<=", SqlBinaryOperator.LessOrEqual),
            (">", SqlBinaryOperator.Greater), (">=", SqlBinaryOperator.GreaterOrEqual),
        ],
        [("+", SqlBinaryOperator.Add), ("-", SqlBinaryOperator.Subtract)],
        [("*", SqlBinaryOperator.Multiply), ("/", SqlBinaryOperator.Divide), ("%", SqlBinaryOperator.Modulo)],
    ];

    public SqlExpression Parse()
    {
        using var nesting = reader.Enter();
        var expression = ParseOr();
        for (var chain = 0; ; Count(ref chain))
        {
            if (reader.TrySymbol("??"))
            {
                expression = new BinaryExpression(SqlBinaryOperator.Coalesce, expression, ParseOr());
            }
            else if (reader.TrySymbol("?"))
            {
                var then = Parse();
                reader.ExpectSymbol(":");
                expression = new ConditionalExpression(expression, then, Parse());
            }
            else
            {
                return expression;
            }
        }
    }

    public SqlList<SqlExpression> ParseList()
    {
        var items = new List<SqlExpression> { Parse() };
        while (reader.TrySymbol(",")) items.Add(Parse());
        return new SqlList<SqlExpression>(items);
    }

    private SqlExpression ParseOr()
    {
        var left = ParseAnd();
        for (var chain = 0; reader.TryKeyword("OR"); Count(ref chain))
            left = new BinaryExpression(SqlBinaryOperator.Or, left, ParseAnd());
        return left;
    }

    private SqlExpression ParseAnd()
    {
        var left = ParseTest();
        for (var chain = 0; reader.TryKeyword("AND"); Count(ref chain))
            left = new BinaryExpression(SqlBinaryOperator.And, left, ParseTest());
        return left;
    }

    private SqlExpression ParseTest()
    {
        var operand = ParseBinary(0);
        var negated = reader.IsKeyword("NOT") && (reader.IsKeyword("BETWEEN", 1) || reader.IsKeyword("IN", 1) || reader.IsKeyword("LIKE", 1));
        if (negated) reader.Advance();
        if (reader.TryKeyword("BETWEEN"))
        {
            var low = ParseBinary(0);
            reader.ExpectKeyword("AND");
            return new BetweenExpression(operand, low, ParseBinary(0), negated);
        }

        if (reader.TryKeyword("IN"))
        {
            reader.ExpectSymbol("(");
            var candidates = ParseList();
            reader.ExpectSymbol(")");
            return new InExpression(operand, candidates, negated);
        }

        if (!reader.TryKeyword("LIKE")) return operand;
        var pattern = ParseBinary(0);
        string? escape = null;
        if (reader.TryKeyword("ESCAPE"))
        {
            var token = reader.Current;
            if (token.Kind != SqlTokenKind.String) throw reader.Unexpected();
            if (token.Text.Length != 1) throw new SqlException("SC2070", "The ESCAPE value must be a single character.", token.Start, token.End);
            escape = token.Text;
            reader.Advance();
        }

        return new LikeExpression(operand, pattern, escape, negated);
    }

    private SqlExpression ParseBinary(int level)
    {
        if (level == Levels.Length) return ParseUnary();
        var left = ParseBinary(level + 1);
        for (var chain = 0; TryOperator(level, out var @operator); Count(ref chain))
            left = new BinaryExpression(@operator, left, ParseBinary(level + 1));
        return left;
    }

    private bool TryOperator(int level, out SqlBinaryOperator @operator)
    {
        foreach (var (symbol, candidate) in Levels[level])
        {
            if (!reader.TrySymbol(symbol)) continue;
            @operator = candidate;
            return true;
        }

        @operator = default;
        return false;
    }

    private SqlExpression ParseUnary()
    {
        using var nesting = reader.Enter();
        if (reader.TryKeyword("NOT")) return new UnaryExpression(SqlUnaryOperator.Not, ParseUnary());
        if (reader.TrySymbol("~")) return new UnaryExpression(SqlUnaryOperator.BitwiseNot, ParseUnary());
        if (reader.TrySymbol("+")) return new UnaryExpression(SqlUnaryOperator.Plus, ParseUnary());
        if (!reader.TrySymbol("-")) return ParsePostfix();
        // A signed number is one literal, as the service prints it.
        if (reader.Current.Kind != SqlTokenKind.Number) return new UnaryExpression(SqlUnaryOperator.Minus, ParseUnary());
        var number = reader.Current.Number;
        reader.Advance();
        return new NumberLiteral(-number);
    }

    private SqlExpression ParsePostfix()
    {
        var expression = ParsePrimary();
        for (var chain = 0; ; Count(ref chain))
        {
            if (reader.TrySymbol("."))
            {
                expression = new MemberExpression(expression, reader.ExpectIdentifier());
            }
            else if (reader.TrySymbol("["))
            {
                expression = new IndexExpression(expression, Parse());
                reader.ExpectSymbol("]");
            }
            else
            {
                return expression;
            }
        }
    }

    private SqlExpression ParsePrimary()
    {
        var token = reader.Current;
        switch (token.Kind)
        {
            case SqlTokenKind.Number:
                reader.Advance();
                return new NumberLiteral(token.Number);
            case SqlTokenKind.String:
                reader.Advance();
                return new StringLiteral(token.Text);
            case SqlTokenKind.Parameter:
                reader.Advance();
                return new ParameterExpression(token.Text);
            case SqlTokenKind.Identifier:
                return ParseName(token);
            case SqlTokenKind.Keyword:
                return ParseKeyword(token);
            default:
                if (reader.TrySymbol("(")) return ParseParenthesized();
                if (reader.TrySymbol("[")) return ParseArray();
                if (reader.TrySymbol("{")) return ParseObject();
                throw reader.Unexpected();
        }
    }

    private SqlExpression ParseName(SqlToken token)
    {
        reader.Advance();
        if (!reader.IsSymbol("(")) return new IdentifierExpression(token.Text);
        if (reader.IsKeyword("SELECT", 1))
        {
            SqlSubqueryKind? kind = token.Text.ToUpperInvariant() switch
            {
                "FIRST" => SqlSubqueryKind.First,
                "LAST" => SqlSubqueryKind.Last,
                "ALL" => SqlSubqueryKind.All,
                _ => null,
            };
            if (kind is { } known) return ParseSubquery(known);
        }

        return ParseCall(token);
    }

    private SqlExpression ParseKeyword(SqlToken token)
    {
        reader.Advance();
        switch (token.Text)
        {
            case "true":
                return new BooleanLiteral(true);
            case "false":
                return new BooleanLiteral(false);
            case "null":
                return new NullLiteral();
            case "undefined":
                return new UndefinedLiteral();
            case "EXISTS":
                return ParseSubquery(SqlSubqueryKind.Exists);
            case "ARRAY":
                return ParseSubquery(SqlSubqueryKind.Array);
            case "LEFT" or "RIGHT" when reader.IsSymbol("("):
                return ParseCall(token);
            case "udf":
                reader.ExpectSymbol(".");
                var name = reader.ExpectIdentifier();
                throw new SqlException("SC2006", $"User-defined function '{name}' is not registered.", token.Start, reader.Current.Start);
            default:
                throw new SqlException("SC1001", $"Syntax error, incorrect syntax near '{token.Text}'.", token.Start, token.End);
        }
    }

    private CallExpression ParseCall(SqlToken name)
    {
        reader.ExpectSymbol("(");
        var arguments = reader.IsSymbol(")") ? SqlList<SqlExpression>.Empty : ParseList();
        var end = reader.Current.End;
        reader.ExpectSymbol(")");
        SqlFunctionTable.Check(name, arguments.Count, end);
        return new CallExpression(name.Text, arguments);
    }

    private SubqueryExpression ParseSubquery(SqlSubqueryKind kind)
    {
        reader.ExpectSymbol("(");
        var query = parseSelect();
        reader.ExpectSymbol(")");
        return new SubqueryExpression(kind, query);
    }

    private SqlExpression ParseParenthesized()
    {
        SqlExpression inner = reader.IsKeyword("SELECT") ? new SubqueryExpression(SqlSubqueryKind.Scalar, parseSelect()) : Parse();
        reader.ExpectSymbol(")");
        return inner;
    }

    private ArrayExpression ParseArray()
    {
        var items = reader.IsSymbol("]") ? SqlList<SqlExpression>.Empty : ParseList();
        reader.ExpectSymbol("]");
        return new ArrayExpression(items);
    }

    private ObjectExpression ParseObject()
    {
        var properties = new List<SqlProperty>();
        if (!reader.IsSymbol("}"))
        {
            do
            {
                var name = reader.Current;
                if (name.Kind is not (SqlTokenKind.String or SqlTokenKind.Identifier)) throw reader.Unexpected();
                reader.Advance();
                reader.ExpectSymbol(":");
                properties.Add(new SqlProperty(name.Text, Parse()));
            }
            while (reader.TrySymbol(","));
        }

        reader.ExpectSymbol("}");
        return new ObjectExpression(new SqlList<SqlProperty>(properties));
    }

    private void Count(ref int chain)
    {
        if (++chain > MaximumChain) throw reader.TooComplex();
    }
}

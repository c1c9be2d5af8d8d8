using System.Text;
using System.Text.Json;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>Turns scalar expressions into delegates over a frame, once per query; <see cref="SqlBlockCompiler"/> does the query blocks.</summary>
internal sealed class SqlCompiler(IReadOnlyDictionary<string, JsonElement> parameters, TimeProvider time)
{
    private readonly SqlFunctionContext _context = new(time);

    public int Variables { get; private set; }

    public int Aggregates { get; private set; }

    public int AddVariable() => Variables++;

    public SqlBlock CompileBlock(SqlSelect query, SqlScope? outer) => new SqlBlockCompiler(this, query, outer).Compile();

    /// <summary>TOP, OFFSET or LIMIT, which a parameter may give.</summary>
    public long? Count(SqlExpression? expression, string code, string clause)
    {
        if (expression is null) return null;
        var value = expression is ParameterExpression parameter ? Parameter(parameter.Name) : SqlValue.Of(((NumberLiteral)expression).Value);
        if (value.Kind == SqlKind.Number && double.IsInteger(value.Number) && value.Number is >= 0 and <= uint.MaxValue) return (long)value.Number;
        throw new SqlException(code, $"The count value provided for a {clause} clause must be an integer.", -1, -1);
    }

    /// <summary>The value of a literal or parameter.</summary>
    public bool TryConstant(SqlExpression expression, out SqlValue value)
    {
        value = expression switch
        {
            ParameterExpression parameter => Parameter(parameter.Name),
            StringLiteral literal => SqlValue.Of(literal.Value),
            NumberLiteral literal => SqlValue.Of(literal.Value),
            BooleanLiteral literal => SqlValue.Of(literal.Value),
            NullLiteral => SqlValue.Null,
            _ => default,
        };
        return expression is ParameterExpression or StringLiteral or NumberLiteral or BooleanLiteral or NullLiteral or UndefinedLiteral;
    }

    /// <param name="expression">The expression.</param>
    /// <param name="scope">The names it may use.</param>
    /// <param name="aggregates">Where its aggregates are gathered; null where none may stand.</param>
    public SqlEvaluator Compile(SqlExpression expression, SqlScope scope, List<SqlAggregate>? aggregates)
    {
        if (TryConstant(expression, out var constant)) return _ => constant;
        switch (expression)
        {
            case IdentifierExpression identifier:
                var slot = Resolve(identifier, scope);
                return frame => frame.Variables[slot];
            case MemberExpression member:
                return Property(Compile(member.Target, scope, aggregates), member.Name);
            case IndexExpression { Index: StringLiteral name } index:
                return Property(Compile(index.Target, scope, aggregates), name.Value);
            case IndexExpression index:
                return Index(Compile(index.Target, scope, aggregates), Compile(index.Index, scope, aggregates));
            case UnaryExpression unary:
                var unaryOperator = SqlOperators.Unary(unary.Operator);
                var unaryOperand = Compile(unary.Operand, scope, aggregates);
                return frame => unaryOperator(unaryOperand(frame));
            case BinaryExpression binary:
                return Binary(binary, scope, aggregates);
            case ConditionalExpression conditional:
                var condition = Compile(conditional.Condition, scope, aggregates);
                var then = Compile(conditional.Then, scope, aggregates);
                var otherwise = Compile(conditional.Otherwise, scope, aggregates);
                return frame => condition(frame).IsTrue ? then(frame) : otherwise(frame);
            case BetweenExpression between:
                return Between(between, scope, aggregates);
            case InExpression membership:
                return In(membership, scope, aggregates);
            case LikeExpression like:
                return Like(like, scope, aggregates);
            case ArrayExpression array:
                var items = array.Items.Select(item => Compile(item, scope, aggregates)).ToArray();
                return frame => SqlValue.Of(items.Select(item => item(frame)).Where(item => !item.IsUndefined).ToArray());
            case ObjectExpression value:
                return Object(value, scope, aggregates);
            case SubqueryExpression subquery:
                return Subquery(subquery, scope);
            case CallExpression call:
                return Call(call, scope, aggregates);
            default:
                throw new InvalidOperationException($"No evaluation for {expression.GetType().Name}.");
        }
    }

    private static int Resolve(IdentifierExpression identifier, SqlScope scope) => scope.TryResolve(identifier.Name, out var slot)
        ? slot
        : throw new SqlException("SC2001", $"Identifier '{identifier.Name}' could not be resolved.", -1, -1);

    private static SqlEvaluator Property(SqlEvaluator target, string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        return frame => target(frame).Property(name, utf8);
    }

    private static SqlEvaluator Index(SqlEvaluator target, SqlEvaluator index) => frame =>
    {
        var container = target(frame);
        var key = index(frame);
        if (key.Kind == SqlKind.String) return container.Property(key.String);
        return key.Kind == SqlKind.Number && double.IsInteger(key.Number) && key.Number is >= 0 and <= int.MaxValue
            ? container.Item((int)key.Number)
            : default;
    };

    private SqlEvaluator Binary(BinaryExpression binary, SqlScope scope, List<SqlAggregate>? aggregates)
    {
        var left = Compile(binary.Left, scope, aggregates);
        switch (binary.Operator)
        {
            case SqlBinaryOperator.And:
                var second = Compile(binary.Right, scope, aggregates);
                return frame => left(frame) is var value && value.IsFalse ? value : SqlOperators.And(value, second(frame));
            case SqlBinaryOperator.Or:
                var alternative = Compile(binary.Right, scope, aggregates);
                return frame => left(frame) is var value && value.IsTrue ? value : SqlOperators.Or(value, alternative(frame));
            case SqlBinaryOperator.Coalesce:
                var fallback = Compile(binary.Right, scope, aggregates);
                return frame => left(frame) is var value && value.IsUndefined ? fallback(frame) : value;
            case SqlBinaryOperator.Equal when TryConstant(binary.Right, out var constant) && constant.Kind == SqlKind.String:
                var text = constant.String;
                var utf8 = Encoding.UTF8.GetBytes(text);
                return frame => left(frame) is var value && value.IsUndefined ? value : SqlValue.Of(value.EqualsText(text, utf8));
        }

        var right = Compile(binary.Right, scope, aggregates);
        var @operator = SqlOperators.Binary(binary.Operator);
        return frame => @operator(left(frame), right(frame));
    }

    private SqlEvaluator Between(BetweenExpression between, SqlScope scope, List<SqlAggregate>? aggregates)
    {
        var operand = Compile(between.Operand, scope, aggregates);
        var low = Compile(between.Low, scope, aggregates);
        var high = Compile(between.High, scope, aggregates);
        var negated = between.IsNegated;
        return frame =>
        {
            var value = operand(frame);
            var inside = SqlOperators.And(SqlOperators.LessOrEqual(low(frame), value), SqlOperators.LessOrEqual(value, high(frame)));
            return negated ? SqlOperators.Not(inside) : inside;
        };
    }

    private SqlEvaluator In(InExpression membership, SqlScope scope, List<SqlAggregate>? aggregates)
    {
        var operand = Compile(membership.Operand, scope, aggregates);
        var negated = membership.IsNegated;
        var constants = new HashSet<SqlValue>(SqlValueComparer.Instance);
        var candidates = new List<SqlEvaluator>();
        foreach (var candidate in membership.Candidates)
        {
            if (!TryConstant(candidate, out var constant)) candidates.Add(Compile(candidate, scope, aggregates));
            else if (!constant.IsUndefined) constants.Add(constant);
        }

        return frame =>
        {
            var value = operand(frame);
            if (value.IsUndefined) return default;
            var found = constants.Contains(value) || candidates.Exists(candidate => SqlOperators.Equal(value, candidate(frame)).IsTrue);
            return SqlValue.Of(found != negated);
        };
    }

    private SqlEvaluator Like(LikeExpression like, SqlScope scope, List<SqlAggregate>? aggregates)
    {
        var operand = Compile(like.Operand, scope, aggregates);
        var negated = like.IsNegated;
        char? escape = like.Escape?[0];
        if (TryConstant(like.Pattern, out var constant) && constant.Kind == SqlKind.String)
        {
            var matcher = new SqlLike(constant.String, escape);
            return frame => operand(frame) is { Kind: SqlKind.String } value ? SqlValue.Of(matcher.Matches(value.String) != negated) : default;
        }

        var pattern = Compile(like.Pattern, scope, aggregates);
        return frame => operand(frame) is { Kind: SqlKind.String } value && pattern(frame) is { Kind: SqlKind.String } wanted
            ? SqlValue.Of(new SqlLike(wanted.String, escape).Matches(value.String) != negated)
            : default;
    }

    private SqlEvaluator Object(ObjectExpression value, SqlScope scope, List<SqlAggregate>? aggregates)
    {
        // Of properties with one name the last one counts, as in JSON.
        var properties = new List<KeyValuePair<string, SqlEvaluator>>();
        foreach (var property in value.Properties)
        {
            properties.RemoveAll(existing => existing.Key == property.Name);
            properties.Add(new(property.Name, Compile(property.Value, scope, aggregates)));
        }

        return BuildObject(properties);
    }

    public static SqlEvaluator BuildObject(List<KeyValuePair<string, SqlEvaluator>> properties)
    {
        var evaluators = properties.ToArray();
        return frame =>
        {
            var built = new KeyValuePair<string, SqlValue>[evaluators.Length];
            for (var i = 0; i < built.Length; i++) built[i] = new(evaluators[i].Key, evaluators[i].Value(frame));
            return SqlValue.Of(built);
        };
    }

    private SqlEvaluator Subquery(SubqueryExpression subquery, SqlScope scope)
    {
        var block = CompileBlock(subquery.Query, scope);
        return subquery.Kind switch
        {
            SqlSubqueryKind.Exists => frame => SqlValue.Of(block.Execute(frame).Any()),
            SqlSubqueryKind.Array => frame => SqlValue.Of(block.Execute(frame).ToArray()),
            SqlSubqueryKind.Last => frame => block.Execute(frame).LastOrDefault(),
            SqlSubqueryKind.All => frame => SqlValue.Of(block.Execute(frame).All(value => value.IsTrue)),
            _ => frame => block.Execute(frame).FirstOrDefault(),
        };
    }

    private SqlEvaluator Call(CallExpression call, SqlScope scope, List<SqlAggregate>? aggregates)
    {
        if (SqlFunctionTable.IsAggregate(call.Name, out var kind))
        {
            if (aggregates is null)
                throw new SqlException("SC2100", $"The aggregate function '{call.Name.ToUpperInvariant()}' is not allowed here.", -1, -1);
            var slot = Aggregates++;
            aggregates.Add(new SqlAggregate(kind, slot, Compile(call.Arguments[0], scope, null)));
            return frame => frame.Aggregates[slot];
        }

        var function = SqlFunctionTable.Bind(call.Name, _context);
        var arguments = call.Arguments.Select(argument => Compile(argument, scope, aggregates)).ToArray();
        return frame =>
        {
            var values = arguments.Length == 0 ? [] : new SqlValue[arguments.Length];
            for (var i = 0; i < values.Length; i++) values[i] = arguments[i](frame);
            return function(values);
        };
    }

    /// <summary>A parameter that the request does not carry is undefined.</summary>
    private SqlValue Parameter(string name) =>
        parameters.TryGetValue(name, out var value) || parameters.TryGetValue(name[1..], out value) ? SqlValue.Of(value) : default;
}

using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>Prints syntax in the service's canonical form, as query plans carry it: operators in parentheses, strings in double quotes.</summary>
internal static class SqlPrinter
{
    public static string Print(SqlSelect query)
    {
        var text = new StringBuilder();
        Append(text, query);
        return text.ToString();
    }

    public static string Print(SqlExpression expression)
    {
        var text = new StringBuilder();
        Append(text, expression);
        return text.ToString();
    }

    private static void Append(StringBuilder text, SqlSelect query)
    {
        text.Append("SELECT ");
        if (query.Distinct) text.Append("DISTINCT ");
        if (query.Top is { } top) text.Append("TOP ").Append(Print(top)).Append(' ');
        switch (query.Projection)
        {
            case StarProjection:
                text.Append('*');
                break;
            case ValueProjection value:
                text.Append("VALUE ");
                Append(text, value.Expression);
                break;
            case ListProjection list:
                Join(text, list.Items, static (text, item) =>
                {
                    Append(text, item.Expression);
                    if (item.Alias is { } alias) text.Append(" AS ").Append(alias);
                });
                break;
        }

        if (query.From is { } from)
        {
            text.Append("\nFROM ");
            for (var i = 0; i < from.Sources.Count; i++)
            {
                if (i > 0) text.Append("\nJOIN ");
                Append(text, from.Sources[i]);
            }
        }

        if (query.Where is { } where)
        {
            text.Append("\nWHERE ");
            Append(text, where);
        }

        if (query.GroupBy.Count > 0)
        {
            text.Append("\nGROUP BY ");
            Join(text, query.GroupBy, Append);
        }

        if (query.OrderBy.Count > 0)
        {
            text.Append("\nORDER BY ");
            Join(text, query.OrderBy, static (text, item) =>
            {
                Append(text, item.Expression);
                if (item.IsDescending is { } descending) text.Append(descending ? " DESC" : " ASC");
            });
        }

        if (query.Offset is { } offset) text.Append("\nOFFSET ").Append(Print(offset)).Append(" LIMIT ").Append(Print(query.Limit!));
    }

    private static void Append(StringBuilder text, SqlSource source)
    {
        if (source.Alias is { } variable && source is PathSource { Iterates: true } or SubquerySource { Iterates: true })
            text.Append(source.Alias).Append(" IN ");
        switch (source)
        {
            case PathSource path:
                text.Append(path.Root);
                foreach (var step in path.Path)
                {
                    if (step.Name is null) text.Append('[').Append(step.Index).Append(']');
                    else if (SqlLexer.IsIdentifier(step.Name)) text.Append('.').Append(step.Name);
                    else text.Append('[').Append(Quote(step.Name)).Append(']');
                }

                if (!path.Iterates && path.Alias is { } alias) text.Append(" AS ").Append(alias);
                break;
            case SubquerySource subquery:
                text.Append("(\n");
                Append(text, subquery.Query);
                text.Append("\n)");
                if (!subquery.Iterates && subquery.Alias is { } name) text.Append(" AS ").Append(name);
                break;
        }
    }

    private static void Append(StringBuilder text, SqlExpression expression)
    {
        switch (expression)
        {
            case UndefinedLiteral:
                text.Append("undefined");
                break;
            case NullLiteral:
                text.Append("null");
                break;
            case BooleanLiteral literal:
                text.Append(literal.Value ? "true" : "false");
                break;
            case NumberLiteral literal:
                text.Append(literal.Value.ToString("R", CultureInfo.InvariantCulture));
                break;
            case StringLiteral literal:
                text.Append(Quote(literal.Value));
                break;
            case ParameterExpression parameter:
                text.Append(parameter.Name);
                break;
            case IdentifierExpression identifier:
                text.Append(identifier.Name);
                break;
            case PlaceholderExpression placeholder:
                text.Append('(').Append(placeholder.Text).Append(')');
                break;
            case MemberExpression member:
                Append(text, member.Target);
                text.Append('.').Append(member.Name);
                break;
            case IndexExpression index:
                Append(text, index.Target);
                text.Append('[');
                Append(text, index.Index);
                text.Append(']');
                break;
            case CallExpression call:
                text.Append(call.Name).Append('(');
                Join(text, call.Arguments, Append);
                text.Append(')');
                break;
            case ArrayExpression array:
                text.Append('[');
                Join(text, array.Items, Append);
                text.Append(']');
                break;
            case ObjectExpression value:
                text.Append('{');
                Join(text, value.Properties, static (text, property) =>
                {
                    text.Append(Quote(property.Name)).Append(": ");
                    Append(text, property.Value);
                });
                text.Append('}');
                break;
            case SubqueryExpression subquery:
                text.Append(subquery.Kind == SqlSubqueryKind.Scalar ? "" : subquery.Kind.ToString().ToUpperInvariant()).Append("(\n");
                Append(text, subquery.Query);
                text.Append("\n)");
                break;
            default:
                text.Append('(');
                AppendOperation(text, expression);
                text.Append(')');
                break;
        }
    }

    private static void AppendOperation(StringBuilder text, SqlExpression expression)
    {
        switch (expression)
        {
            case UnaryExpression unary:
                text.Append(unary.Operator switch
                {
                    SqlUnaryOperator.Not => "NOT ",
                    SqlUnaryOperator.Minus => "-",
                    SqlUnaryOperator.Plus => "+",
                    _ => "~",
                });
                // A bare number after the sign would read back as a signed literal.
                if (unary.Operator == SqlUnaryOperator.Minus && unary.Operand is NumberLiteral) text.Append('(').Append(Print(unary.Operand)).Append(')');
                else Append(text, unary.Operand);
                break;
            case BinaryExpression binary:
                Append(text, binary.Left);
                text.Append(' ').Append(Symbol(binary.Operator)).Append(' ');
                Append(text, binary.Right);
                break;
            case ConditionalExpression conditional:
                Append(text, conditional.Condition);
                text.Append(" ? ");
                Append(text, conditional.Then);
                text.Append(" : ");
                Append(text, conditional.Otherwise);
                break;
            case BetweenExpression between:
                Append(text, between.Operand);
                text.Append(between.IsNegated ? " NOT BETWEEN " : " BETWEEN ");
                Append(text, between.Low);
                text.Append(" AND ");
                Append(text, between.High);
                break;
            case InExpression membership:
                Append(text, membership.Operand);
                text.Append(membership.IsNegated ? " NOT IN (" : " IN (");
                Join(text, membership.Candidates, Append);
                text.Append(')');
                break;
            case LikeExpression like:
                Append(text, like.Operand);
                text.Append(like.IsNegated ? " NOT LIKE " : " LIKE ");
                Append(text, like.Pattern);
                if (like.Escape is { } escape) text.Append(" ESCAPE ").Append(Quote(escape));
                break;
            default:
                throw new InvalidOperationException($"No text for {expression.GetType().Name}.");
        }
    }

    private static string Symbol(SqlBinaryOperator @operator) => @operator switch
    {
        SqlBinaryOperator.Multiply => "*",
        SqlBinaryOperator.Divide => "/",
        SqlBinaryOperator.Modulo => "%",
        SqlBinaryOperator.Add => "+",
        SqlBinaryOperator.Subtract => "-",
        SqlBinaryOperator.Less => "<",
        SqlBinaryOperator.LessOrEqual => "<=",
        SqlBinaryOperator.Greater => ">",
        SqlBinaryOperator.GreaterOrEqual => ">=",
        SqlBinaryOperator.Equal => "=",
        SqlBinaryOperator.NotEqual => "!=",
        SqlBinaryOperator.BitwiseAnd => "&",
        SqlBinaryOperator.BitwiseXor => "^",
        SqlBinaryOperator.BitwiseOr => "|",
        SqlBinaryOperator.Concat => "||",
        SqlBinaryOperator.And => "AND",
        SqlBinaryOperator.Or => "OR",
        _ => "??",
    };

    private static string Quote(string value) => JsonSerializer.Serialize(value, SqlJson.Relaxed);

    private static void Join<T>(StringBuilder text, IEnumerable<T> items, Action<StringBuilder, T> append)
    {
        var first = true;
        foreach (var item in items)
        {
            if (!first) text.Append(", ");
            first = false;
            append(text, item);
        }
    }
}

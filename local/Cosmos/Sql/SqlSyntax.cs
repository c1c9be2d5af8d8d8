using System.Collections;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>An immutable list compared by content, so that syntax trees compare by structure.</summary>
internal sealed class SqlList<T>(IReadOnlyList<T> items) : IReadOnlyList<T>, IEquatable<SqlList<T>>
{
    public static SqlList<T> Empty { get; } = new([]);

    public int Count => items.Count;

    public T this[int index] => items[index];

    public bool Equals(SqlList<T>? other) => other is not null && items.SequenceEqual(other);

    public override bool Equals(object? obj) => Equals(obj as SqlList<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in items) hash.Add(item);
        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>One query block: a whole query or a subquery.</summary>
internal sealed record SqlSelect(
    bool Distinct,
    SqlExpression? Top,
    SqlProjection Projection,
    SqlFrom? From,
    SqlExpression? Where,
    SqlList<SqlExpression> GroupBy,
    SqlList<SqlOrderItem> OrderBy,
    SqlExpression? Offset,
    SqlExpression? Limit);

internal abstract record SqlProjection;

internal sealed record StarProjection : SqlProjection;

internal sealed record ValueProjection(SqlExpression Expression) : SqlProjection;

internal sealed record ListProjection(SqlList<SqlSelectItem> Items) : SqlProjection;

internal sealed record SqlSelectItem(SqlExpression Expression, string? Alias);

internal sealed record SqlOrderItem(SqlExpression Expression, bool? IsDescending);

/// <summary>FROM with its JOINs: the Cartesian product of correlated sources, leftmost outermost.</summary>
internal sealed record SqlFrom(SqlList<SqlSource> Sources);

internal abstract record SqlSource(string? Alias);

/// <summary><c>c</c>, <c>c.a.b AS x</c>, or with <paramref name="Iterates"/> <c>x IN c.a.b</c>.</summary>
internal sealed record PathSource(string Root, SqlList<SqlPathStep> Path, string? Alias, bool Iterates) : SqlSource(Alias)
{
    /// <summary>The name the rows are known by: the alias, else the last step of the path.</summary>
    public string? Variable => Alias ?? (Path.Count == 0 ? Root : Path[^1].Name);
}

internal sealed record SubquerySource(SqlSelect Query, string? Alias, bool Iterates) : SqlSource(Alias);

internal readonly record struct SqlPathStep(string? Name, int Index);

internal abstract record SqlExpression;

internal sealed record UndefinedLiteral : SqlExpression;

internal sealed record NullLiteral : SqlExpression;

internal sealed record BooleanLiteral(bool Value) : SqlExpression;

internal sealed record NumberLiteral(double Value) : SqlExpression;

internal sealed record StringLiteral(string Value) : SqlExpression;

internal sealed record ParameterExpression(string Name) : SqlExpression;

internal sealed record IdentifierExpression(string Name) : SqlExpression;

internal sealed record MemberExpression(SqlExpression Target, string Name) : SqlExpression;

internal sealed record IndexExpression(SqlExpression Target, SqlExpression Index) : SqlExpression;

internal sealed record UnaryExpression(SqlUnaryOperator Operator, SqlExpression Operand) : SqlExpression;

internal sealed record BinaryExpression(SqlBinaryOperator Operator, SqlExpression Left, SqlExpression Right) : SqlExpression;

internal sealed record ConditionalExpression(SqlExpression Condition, SqlExpression Then, SqlExpression Otherwise) : SqlExpression;

internal sealed record BetweenExpression(SqlExpression Operand, SqlExpression Low, SqlExpression High, bool IsNegated) : SqlExpression;

internal sealed record InExpression(SqlExpression Operand, SqlList<SqlExpression> Candidates, bool IsNegated) : SqlExpression;

internal sealed record LikeExpression(SqlExpression Operand, SqlExpression Pattern, string? Escape, bool IsNegated) : SqlExpression;

internal sealed record CallExpression(string Name, SqlList<SqlExpression> Arguments) : SqlExpression;

internal sealed record ArrayExpression(SqlList<SqlExpression> Items) : SqlExpression;

internal sealed record ObjectExpression(SqlList<SqlProperty> Properties) : SqlExpression;

internal readonly record struct SqlProperty(string Name, SqlExpression Value);

internal sealed record SubqueryExpression(SqlSubqueryKind Kind, SqlSelect Query) : SqlExpression;

/// <summary>The text of the query plan's filter placeholder; it is printed, never parsed.</summary>
internal sealed record PlaceholderExpression(string Text) : SqlExpression;

internal enum SqlSubqueryKind
{
    Scalar,
    Exists,
    Array,
    First,
    Last,
    All,
}

internal enum SqlUnaryOperator
{
    Not,
    Minus,
    Plus,
    BitwiseNot,
}

internal enum SqlBinaryOperator
{
    Multiply,
    Divide,
    Modulo,
    Add,
    Subtract,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    BitwiseAnd,
    BitwiseXor,
    BitwiseOr,
    Concat,
    And,
    Or,
    Coalesce,
}

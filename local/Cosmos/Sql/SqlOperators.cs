namespace TikTok.Local.Cosmos.Sql;

/// <summary>
/// The operators. Arithmetic and concatenation are undefined unless both sides have the right type. Equality is undefined if a side
/// is, false across types. Relations are defined within one primitive type only.
/// </summary>
internal static class SqlOperators
{
    public static Func<SqlValue, SqlValue, SqlValue> Binary(SqlBinaryOperator @operator) => @operator switch
    {
        SqlBinaryOperator.Add => (left, right) => Arithmetic(left, right) ? SqlValue.Of(left.Number + right.Number) : default,
        SqlBinaryOperator.Subtract => (left, right) => Arithmetic(left, right) ? SqlValue.Of(left.Number - right.Number) : default,
        SqlBinaryOperator.Multiply => (left, right) => Arithmetic(left, right) ? SqlValue.Of(left.Number * right.Number) : default,
        SqlBinaryOperator.Divide => (left, right) => Arithmetic(left, right) ? SqlValue.Of(left.Number / right.Number) : default,
        SqlBinaryOperator.Modulo => (left, right) => Arithmetic(left, right) ? SqlValue.Of(left.Number % right.Number) : default,
        SqlBinaryOperator.BitwiseAnd => (left, right) => Arithmetic(left, right) ? SqlValue.Of((double)(Bits(left) & Bits(right))) : default,
        SqlBinaryOperator.BitwiseOr => (left, right) => Arithmetic(left, right) ? SqlValue.Of((double)(Bits(left) | Bits(right))) : default,
        SqlBinaryOperator.BitwiseXor => (left, right) => Arithmetic(left, right) ? SqlValue.Of((double)(Bits(left) ^ Bits(right))) : default,
        SqlBinaryOperator.Concat => Concat,
        SqlBinaryOperator.Equal => Equal,
        SqlBinaryOperator.NotEqual => (left, right) => Not(Equal(left, right)),
        SqlBinaryOperator.Less => (left, right) => Comparable(left, right) ? SqlValue.Of(Compare(left, right) < 0) : default,
        SqlBinaryOperator.LessOrEqual => LessOrEqual,
        SqlBinaryOperator.Greater => (left, right) => Comparable(left, right) ? SqlValue.Of(Compare(left, right) > 0) : default,
        SqlBinaryOperator.GreaterOrEqual => (left, right) => LessOrEqual(right, left),
        SqlBinaryOperator.And => And,
        SqlBinaryOperator.Or => Or,
        SqlBinaryOperator.Coalesce => (left, right) => left.IsUndefined ? right : left,
        _ => throw new ArgumentOutOfRangeException(nameof(@operator)),
    };

    public static Func<SqlValue, SqlValue> Unary(SqlUnaryOperator @operator) => @operator switch
    {
        SqlUnaryOperator.Not => Not,
        SqlUnaryOperator.Minus => value => value.Kind == SqlKind.Number ? SqlValue.Of(-value.Number) : default,
        SqlUnaryOperator.Plus => value => value.Kind == SqlKind.Number ? value : default,
        SqlUnaryOperator.BitwiseNot => value => value.Kind == SqlKind.Number ? SqlValue.Of((double)~Bits(value)) : default,
        _ => throw new ArgumentOutOfRangeException(nameof(@operator)),
    };

    public static SqlValue Equal(SqlValue left, SqlValue right) =>
        left.IsUndefined || right.IsUndefined ? default : SqlValue.Of(SqlValueComparer.Instance.Equals(left, right));

    public static SqlValue LessOrEqual(SqlValue left, SqlValue right) =>
        Comparable(left, right) ? SqlValue.Of(Compare(left, right) <= 0) : default;

    /// <summary>False if a side is false; else undefined if a side is no boolean.</summary>
    public static SqlValue And(SqlValue left, SqlValue right)
    {
        if (left.IsFalse || right.IsFalse) return SqlValue.False;
        return left.IsTrue && right.IsTrue ? SqlValue.True : default;
    }

    /// <summary>True if a side is true; else undefined if a side is no boolean.</summary>
    public static SqlValue Or(SqlValue left, SqlValue right)
    {
        if (left.IsTrue || right.IsTrue) return SqlValue.True;
        return left.IsFalse && right.IsFalse ? SqlValue.False : default;
    }

    public static SqlValue Not(SqlValue value) => value.Kind == SqlKind.Boolean ? SqlValue.Of(!value.Boolean) : default;

    private static SqlValue Concat(SqlValue left, SqlValue right) =>
        left.Kind == SqlKind.String && right.Kind == SqlKind.String ? SqlValue.Of(left.String + right.String) : default;

    private static bool Arithmetic(SqlValue left, SqlValue right) => left.Kind == SqlKind.Number && right.Kind == SqlKind.Number;

    private static bool Comparable(SqlValue left, SqlValue right) =>
        left.Kind == right.Kind && left.Kind is SqlKind.Null or SqlKind.Boolean or SqlKind.Number or SqlKind.String && left.Kind == right.Kind;

    private static int Compare(SqlValue left, SqlValue right) => SqlValueComparer.Instance.Compare(left, right);

    /// <summary>The low 32 bits of the integer part, as JavaScript converts before bitwise operations.</summary>
    private static int Bits(SqlValue value)
    {
        var number = Math.Truncate(value.Number);
        return Math.Abs(number) < long.MaxValue ? unchecked((int)(long)number) : unchecked((int)(uint)(number % 4294967296.0));
    }
}

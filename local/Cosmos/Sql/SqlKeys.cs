using System.Text.Json;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>A partition key value that a WHERE clause pins, and the id if it pins that too.</summary>
public sealed record SqlKey(IReadOnlyList<JsonElement> PartitionKey, string? Id);

/// <summary>
/// Finds the keys of which every document that a WHERE clause lets through has one: <c>c.userId = 'u'</c>, <c>c.id IN (…)</c>, or the
/// <c>(c.id = … AND c.userId = …) OR …</c> by which the client reads many items at once.
/// </summary>
internal static class SqlKeys
{
    private static readonly string[] IdPath = ["id"];

    public static bool TryFind(SqlSelect query, SqlCompiler compiler, IReadOnlyList<string> paths, out IReadOnlyList<SqlKey> keys)
    {
        keys = [];
        if (paths.Count == 0 || query.From?.Sources[0] is not PathSource { Path.Count: 0, Iterates: false, Variable: { } root }) return false;
        if (query.Where is null || Alternatives(query.Where, root, compiler) is not { } alternatives) return false;

        var wanted = paths.Select(path => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(name => name.Trim('"')).ToArray()).ToList();
        var found = new List<SqlKey>(alternatives.Count);
        foreach (var pins in alternatives)
        {
            var values = wanted.Select(path => Find(pins, path)).OfType<SqlValue>().ToList();
            if (values.Count < wanted.Count) return false;
            found.Add(new SqlKey([.. values.Select(value => value.ToElement())], Find(pins, IdPath) is { Kind: SqlKind.String } id ? id.String : null));
        }

        keys = found;
        return true;
    }

    /// <summary>What is pinned, in alternatives of which one holds wherever the condition does; null when nothing is known.</summary>
    private static List<List<Pin>>? Alternatives(SqlExpression condition, string root, SqlCompiler compiler)
    {
        switch (condition)
        {
            case BinaryExpression { Operator: SqlBinaryOperator.And } and:
                return Both(Alternatives(and.Left, root, compiler), Alternatives(and.Right, root, compiler));
            case BinaryExpression { Operator: SqlBinaryOperator.Or } or:
                if (Alternatives(or.Left, root, compiler) is not { } either || Alternatives(or.Right, root, compiler) is not { } other) return null;
                either.AddRange(other);
                return either;
            case BinaryExpression { Operator: SqlBinaryOperator.Equal } equal:
                return (PinOf(equal.Left, equal.Right, root, compiler) ?? PinOf(equal.Right, equal.Left, root, compiler)) is { } pin ? [[pin]] : null;
            case InExpression { IsNegated: false } membership:
                var pins = membership.Candidates.Select(candidate => PinOf(membership.Operand, candidate, root, compiler)).OfType<Pin>().ToList();
                return pins.Count == membership.Candidates.Count ? [.. pins.Select(one => new List<Pin> { one })] : null;
            default:
                return null;
        }
    }

    /// <summary>Where both conditions hold. Of two lists of alternatives one is enough: it says less, and nothing wrong.</summary>
    private static List<List<Pin>>? Both(List<List<Pin>>? left, List<List<Pin>>? right)
    {
        if (left is null || right is null) return left ?? right;
        if (left.Count > 1 && right.Count > 1) return left;
        var (many, one) = left.Count > 1 ? (left, right[0]) : (right, left[0]);
        foreach (var pins in many) pins.AddRange(one);
        return many;
    }

    private static Pin? PinOf(SqlExpression path, SqlExpression value, string root, SqlCompiler compiler) =>
        Path(path, root) is { } names && compiler.TryConstant(value, out var constant)
        && constant.Kind is SqlKind.Null or SqlKind.Boolean or SqlKind.Number or SqlKind.String
            ? new Pin(names, constant)
            : null;

    private static SqlValue? Find(List<Pin> pins, string[] path) => pins.Find(pin => pin.Path.SequenceEqual(path))?.Value;

    private static string[]? Path(SqlExpression expression, string root)
    {
        var names = new List<string>();
        while (true)
        {
            switch (expression)
            {
                case MemberExpression member:
                    names.Insert(0, member.Name);
                    expression = member.Target;
                    break;
                case IndexExpression { Index: StringLiteral name } index:
                    names.Insert(0, name.Value);
                    expression = index.Target;
                    break;
                case IdentifierExpression identifier when identifier.Name == root && names.Count > 0:
                    return [.. names];
                default:
                    return null;
            }
        }
    }

    private sealed record Pin(string[] Path, SqlValue Value);
}

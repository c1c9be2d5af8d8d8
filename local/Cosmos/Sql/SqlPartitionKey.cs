using System.Text.Json;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>Finds the partition key that a WHERE clause pins.</summary>
internal static class SqlPartitionKey
{
    public static bool TryFind(SqlSelect query, SqlCompiler compiler, IReadOnlyList<string> paths, out JsonElement[] values)
    {
        values = [];
        if (query.Where is null || query.From?.Sources[0] is not PathSource { Path.Count: 0, Iterates: false, Variable: { } root }) return false;
        var pinned = new List<(string[] Path, SqlValue Value)>();
        Gather(query.Where, root, compiler, pinned);
        var found = new List<JsonElement>();
        foreach (var path in paths)
        {
            var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(name => name.Trim('"')).ToArray();
            var matches = pinned.FindAll(candidate => candidate.Path.SequenceEqual(names));
            if (matches.Count == 0) return false;
            found.Add(matches[0].Value.ToElement());
        }

        values = [.. found];
        return values.Length > 0;
    }

    private static void Gather(SqlExpression condition, string root, SqlCompiler compiler, List<(string[] Path, SqlValue Value)> pinned)
    {
        if (condition is not BinaryExpression binary) return;
        if (binary.Operator == SqlBinaryOperator.And)
        {
            Gather(binary.Left, root, compiler, pinned);
            Gather(binary.Right, root, compiler, pinned);
        }
        else if (binary.Operator == SqlBinaryOperator.Equal)
        {
            if (Path(binary.Left, root) is { } left && compiler.TryConstant(binary.Right, out var value)) Pin(left, value);
            else if (Path(binary.Right, root) is { } right && compiler.TryConstant(binary.Left, out value)) Pin(right, value);
        }

        void Pin(string[] path, SqlValue value)
        {
            if (value.Kind is SqlKind.Null or SqlKind.Boolean or SqlKind.Number or SqlKind.String) pinned.Add((path, value));
        }
    }

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
}

namespace TikTok.Local.Cosmos.Sql;

/// <summary>
/// Equality by content (numbers by value, objects whatever the order of their properties), and the total order of ORDER BY:
/// undefined, null, false, true, numbers, strings (ordinal), arrays, objects.
/// </summary>
internal sealed class SqlValueComparer : IComparer<SqlValue>, IEqualityComparer<SqlValue>
{
    public static SqlValueComparer Instance { get; } = new();

    public int Compare(SqlValue x, SqlValue y)
    {
        if (x.Kind != y.Kind) return x.Kind.CompareTo(y.Kind);
        switch (x.Kind)
        {
            case SqlKind.Boolean:
                return x.Boolean.CompareTo(y.Boolean);
            case SqlKind.Number:
                return x.Number.CompareTo(y.Number);
            case SqlKind.String:
                return string.CompareOrdinal(x.String, y.String);
            case SqlKind.Array:
                return CompareArrays(x, y);
            case SqlKind.Object:
                return CompareObjects(x, y);
            default:
                return 0;
        }
    }

    public bool Equals(SqlValue x, SqlValue y)
    {
        if (x.Kind != y.Kind) return false;
        switch (x.Kind)
        {
            case SqlKind.Boolean:
                return x.Boolean == y.Boolean;
            case SqlKind.Number:
                return x.Number == y.Number;
            case SqlKind.String:
                return x.TextEquals(y);
            case SqlKind.Array:
                return x.Length == y.Length && x.Items.SequenceEqual(y.Items, this);
            case SqlKind.Object:
                return EqualObjects(x, y);
            default:
                return true;
        }
    }

    public int GetHashCode(SqlValue value)
    {
        var hash = new HashCode();
        hash.Add(value.Kind);
        switch (value.Kind)
        {
            case SqlKind.Boolean:
                hash.Add(value.Boolean);
                break;
            case SqlKind.Number:
                hash.Add(value.Number == 0 ? 0 : value.Number);
                break;
            case SqlKind.String:
                hash.Add(value.String, StringComparer.Ordinal);
                break;
            case SqlKind.Array:
                foreach (var item in value.Items) hash.Add(GetHashCode(item));
                break;
            case SqlKind.Object:
                var sum = 0;
                foreach (var (name, property) in value.Properties) sum += HashCode.Combine(name, GetHashCode(property));
                hash.Add(sum);
                break;
        }

        return hash.ToHashCode();
    }

    private int CompareArrays(SqlValue x, SqlValue y)
    {
        using var left = x.Items.GetEnumerator();
        using var right = y.Items.GetEnumerator();
        while (true)
        {
            var hasLeft = left.MoveNext();
            var hasRight = right.MoveNext();
            if (!hasLeft || !hasRight) return hasLeft.CompareTo(hasRight);
            var order = Compare(left.Current, right.Current);
            if (order != 0) return order;
        }
    }

    private int CompareObjects(SqlValue x, SqlValue y)
    {
        var left = x.Properties.OrderBy(property => property.Key, StringComparer.Ordinal).ToList();
        var right = y.Properties.OrderBy(property => property.Key, StringComparer.Ordinal).ToList();
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            var order = string.CompareOrdinal(left[i].Key, right[i].Key);
            if (order == 0) order = Compare(left[i].Value, right[i].Value);
            if (order != 0) return order;
        }

        return left.Count.CompareTo(right.Count);
    }

    private bool EqualObjects(SqlValue x, SqlValue y)
    {
        var properties = 0;
        foreach (var (name, value) in x.Properties)
        {
            properties++;
            var other = y.Property(name);
            if (other.IsUndefined || !Equals(value, other)) return false;
        }

        return properties == y.Properties.Count();
    }
}

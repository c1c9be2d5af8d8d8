using static TikTok.Local.Cosmos.Sql.SqlFunctionTable;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>Functions over arrays, sets, objects and vectors.</summary>
internal static class SqlArrayFunctions
{
    public static IReadOnlyList<SqlFunctionEntry> All { get; } =
    [
        Entry("ARRAY_CONCAT", 2, int.MaxValue, Concat),
        Entry("ARRAY_CONTAINS", 2, 3, Contains),
        Entry("ARRAY_CONTAINS_ANY", 2, int.MaxValue, arguments => ContainsSeveral(arguments, all: false)),
        Entry("ARRAY_CONTAINS_ALL", 2, int.MaxValue, arguments => ContainsSeveral(arguments, all: true)),
        Entry("ARRAY_LENGTH", 1, arguments => arguments[0].Kind == SqlKind.Array ? SqlValue.Of((double)arguments[0].Length) : default),
        Entry("ARRAY_SLICE", 2, 3, Slice),
        Entry("OBJECTTOARRAY", 1, ObjectToArray),
        Set("SETINTERSECT", (left, right) => left.Where(right.Contains)),
        Set("SETUNION", (left, right) => left.Concat(right)),
        Set("SETDIFFERENCE", (left, right) => left.Where(item => !right.Contains(item))),
        Entry("VECTORDISTANCE", 2, 4, VectorDistance),
    ];

    private static SqlFunctionEntry Set(string name, Func<SqlValue[], HashSet<SqlValue>, IEnumerable<SqlValue>> combine) => Entry(name, 2, arguments =>
    {
        if (arguments[0].Kind != SqlKind.Array || arguments[1].Kind != SqlKind.Array) return default;
        var right = new HashSet<SqlValue>(arguments[1].Items, SqlValueComparer.Instance);
        return SqlValue.Of(combine(arguments[0].Items.ToArray(), right).Distinct(SqlValueComparer.Instance).ToArray());
    });

    private static SqlValue Concat(SqlValue[] arguments) => Array.TrueForAll(arguments, argument => argument.Kind == SqlKind.Array)
        ? SqlValue.Of(arguments.SelectMany(argument => argument.Items).ToArray())
        : default;

    private static SqlValue Contains(SqlValue[] arguments)
    {
        var partial = false;
        if (arguments.Length == 3 && !arguments[2].IsUndefined)
        {
            if (arguments[2].Kind != SqlKind.Boolean) return default;
            partial = arguments[2].Boolean;
        }

        if (arguments[0].Kind != SqlKind.Array || arguments[1].IsUndefined) return default;
        var wanted = arguments[1];
        return SqlValue.Of(arguments[0].Items.Any(item => partial ? Includes(item, wanted) : SqlValueComparer.Instance.Equals(item, wanted)));
    }

    /// <summary>A partial match: every property of the wanted object is there with the same value.</summary>
    private static bool Includes(SqlValue item, SqlValue wanted)
    {
        if (wanted.Kind != SqlKind.Object) return SqlValueComparer.Instance.Equals(item, wanted);
        return item.Kind == SqlKind.Object
            && wanted.Properties.All(property => SqlValueComparer.Instance.Equals(item.Property(property.Key), property.Value));
    }

    private static SqlValue ContainsSeveral(SqlValue[] arguments, bool all)
    {
        if (arguments[0].Kind != SqlKind.Array) return default;
        var present = new HashSet<SqlValue>(arguments[0].Items, SqlValueComparer.Instance);
        var wanted = arguments.Skip(1).Where(argument => !argument.IsUndefined).ToList();
        return SqlValue.Of(all ? wanted.TrueForAll(present.Contains) : wanted.Exists(present.Contains));
    }

    private static SqlValue Slice(SqlValue[] arguments)
    {
        if (arguments[0].Kind != SqlKind.Array || !IsInteger(arguments[1], out var start)) return default;
        var length = arguments[0].Length;
        long count = length;
        if (arguments.Length == 3 && !IsInteger(arguments[2], out count)) return default;
        if (start < 0) start = Math.Max(0, start + length);
        start = Math.Min(start, length);
        count = Math.Clamp(count, 0, length - start);
        return SqlValue.Of(arguments[0].Items.Skip((int)start).Take((int)count).ToArray());
    }

    private static bool IsInteger(SqlValue value, out long integer)
    {
        var number = value.Kind == SqlKind.Number ? value.Number : double.NaN;
        var whole = double.IsInteger(number) && Math.Abs(number) < 9e15;
        integer = whole ? (long)number : 0;
        return whole;
    }

    private static SqlValue ObjectToArray(SqlValue[] arguments)
    {
        if (arguments[0].Kind != SqlKind.Object) return default;
        return SqlValue.Of(arguments[0].Properties
            .Select(property => SqlValue.Of(new KeyValuePair<string, SqlValue>[] { new("k", SqlValue.Of(property.Key)), new("v", property.Value) }))
            .ToArray());
    }

    /// <summary>Cosine similarity unless the options (fourth argument) name <c>euclidean</c> or <c>dotproduct</c>.</summary>
    private static SqlValue VectorDistance(SqlValue[] arguments)
    {
        if (!IsVector(arguments[0], out var left) || !IsVector(arguments[1], out var right) || left.Length != right.Length) return default;
        var measure = "cosine";
        if (arguments.Length == 4 && arguments[3].Property("distanceFunction") is { Kind: SqlKind.String } named) measure = named.String.ToLowerInvariant();
        double dot = 0, leftSquared = 0, rightSquared = 0, distanceSquared = 0;
        for (var i = 0; i < left.Length; i++)
        {
            dot += left[i] * right[i];
            leftSquared += left[i] * left[i];
            rightSquared += right[i] * right[i];
            distanceSquared += (left[i] - right[i]) * (left[i] - right[i]);
        }

        return measure switch
        {
            "cosine" => SqlValue.Of(dot / Math.Sqrt(leftSquared * rightSquared)),
            "dotproduct" => SqlValue.Of(dot),
            "euclidean" => SqlValue.Of(Math.Sqrt(distanceSquared)),
            _ => default,
        };
    }

    private static bool IsVector(SqlValue value, out double[] vector)
    {
        vector = [];
        if (value.Kind != SqlKind.Array) return false;
        var items = value.Items.ToList();
        if (items.Exists(item => item.Kind != SqlKind.Number)) return false;
        vector = items.ConvertAll(item => item.Number).ToArray();
        return true;
    }
}

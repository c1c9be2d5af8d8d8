using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>
/// The <c>resumeFilter</c> that the client sends with a continued cross-partition ORDER BY:
/// <c>{"value":[…],"rid":"…","exclude":false}</c>, the sort keys of the last row given out. In it <c>[]</c> stands for undefined and an
/// object with <c>type</c> <c>array</c> or <c>object</c> for any value of that type.
/// </summary>
internal sealed class SqlResumeFilter
{
    private readonly SqlValue[] _keys;
    private readonly bool[] _isAnyOfKind;

    private SqlResumeFilter(SqlValue[] keys, bool[] isAnyOfKind, ulong? rid, bool exclude)
    {
        _keys = keys;
        _isAnyOfKind = isAnyOfKind;
        Rid = rid;
        Exclude = exclude && !isAnyOfKind.Contains(true);
    }

    /// <summary>The document given out last; rows of the same keys before it are done.</summary>
    public ulong? Rid { get; }

    /// <summary>Whether rows with exactly these keys are done.</summary>
    public bool Exclude { get; }

    /// <exception cref="SqlException">The filter is malformed or does not fit the query.</exception>
    public static SqlResumeFilter Parse(JsonElement filter, int keys)
    {
        if (filter.ValueKind != JsonValueKind.Object || !filter.TryGetProperty("value", out var values)
            || values.ValueKind != JsonValueKind.Array || values.GetArrayLength() != keys)
            throw new SqlException("SC4001", "The resume filter does not match the ORDER BY clause of the query.", -1, -1);
        var read = new List<SqlValue>();
        var anyOfKind = new List<bool>();
        foreach (var value in values.EnumerateArray())
        {
            var isComplex = value.ValueKind == JsonValueKind.Object;
            anyOfKind.Add(isComplex);
            if (isComplex)
            {
                var isArray = value.TryGetProperty("type", out var type) && type.ValueEquals("array");
                read.Add(isArray ? SqlValue.Of(Array.Empty<SqlValue>()) : SqlValue.Of(Array.Empty<KeyValuePair<string, SqlValue>>()));
            }
            else
            {
                read.Add(value.ValueKind == JsonValueKind.Array ? SqlValue.Undefined : SqlValue.Of(value).Read());
            }
        }

        ulong? rid = filter.TryGetProperty("rid", out var text) && text.ValueKind == JsonValueKind.String ? SqlRid.Document(text.GetString()!) : null;
        var exclude = filter.TryGetProperty("exclude", out var flag) && flag.ValueKind == JsonValueKind.True;
        return new SqlResumeFilter([.. read], [.. anyOfKind], rid, exclude);
    }

    /// <summary>How a row's key compares with the one resumed from.</summary>
    public int Compare(int key, SqlValue value) =>
        _isAnyOfKind[key] ? value.Kind.CompareTo(_keys[key].Kind) : SqlValueComparer.Instance.Compare(value, _keys[key]);
}

/// <summary>The part of a resource id by which the client orders documents: the little-endian number in bytes 8 to 15.</summary>
internal static class SqlRid
{
    public static ulong Document(SqlValue document) =>
        document.Property("_rid", "_rid"u8) is { Kind: SqlKind.String } rid ? Document(rid.String) : 0;

    public static ulong Document(string rid)
    {
        Span<byte> text = stackalloc byte[64];
        Span<byte> bytes = stackalloc byte[48];
        if (rid.Length > text.Length || !Ascii.IsValid(rid)) return 0;
        for (var i = 0; i < rid.Length; i++) text[i] = (byte)(rid[i] == '-' ? '/' : rid[i]);
        var status = Base64.DecodeFromUtf8(text[..rid.Length], bytes, out _, out var written);
        return status == System.Buffers.OperationStatus.Done && written >= 16 ? BitConverter.ToUInt64(bytes[8..16]) : 0;
    }
}

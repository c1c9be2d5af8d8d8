using System.Text.Json;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>The types of the query language, in the order in which ORDER BY sorts them.</summary>
internal enum SqlKind : byte
{
    Undefined,
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// <summary>
/// A value of the query language: either a view of JSON that is already parsed, or something computed. A view is read only where
/// an operator needs to, so that documents pass through a query as they are stored.
/// </summary>
internal readonly struct SqlValue
{
    private readonly JsonElement _element;
    private readonly object? _computed;
    private readonly double _number;
    private readonly bool _isView;

    private SqlValue(SqlKind kind, double number, object? computed)
    {
        Kind = kind;
        _number = number;
        _computed = computed;
    }

    private SqlValue(SqlKind kind, JsonElement element)
    {
        Kind = kind;
        _element = element;
        _isView = true;
    }

    public SqlKind Kind { get; }

    public static SqlValue Undefined => default;

    public static SqlValue Null => new(SqlKind.Null, 0, null);

    public static SqlValue True => new(SqlKind.Boolean, 1, null);

    public static SqlValue False => new(SqlKind.Boolean, 0, null);

    public bool IsUndefined => Kind == SqlKind.Undefined;

    public bool IsTrue => Kind == SqlKind.Boolean && Boolean;

    public bool IsFalse => Kind == SqlKind.Boolean && !Boolean;

    public bool Boolean => _isView ? _element.ValueKind == JsonValueKind.True : _number != 0;

    public double Number => _isView ? _element.GetDouble() : _number;

    public string String => _isView ? _element.GetString()! : (string)_computed!;

    public static SqlValue Of(bool value) => value ? True : False;

    /// <summary>JSON has no NaN and no infinities: an operation that yields one is undefined.</summary>
    public static SqlValue Of(double value) => double.IsFinite(value) ? new SqlValue(SqlKind.Number, value, null) : default;

    public static SqlValue Of(string value) => new(SqlKind.String, 0, value);

    public static SqlValue Of(IReadOnlyList<SqlValue> items) => new(SqlKind.Array, 0, items);

    /// <summary>An object of properties with distinct names; undefined ones are left out when it is written.</summary>
    public static SqlValue Of(KeyValuePair<string, SqlValue>[] properties) => new(SqlKind.Object, 0, properties);

    public static SqlValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new SqlValue(SqlKind.Object, element),
        JsonValueKind.Array => new SqlValue(SqlKind.Array, element),
        JsonValueKind.String => new SqlValue(SqlKind.String, element),
        JsonValueKind.Number => new SqlValue(SqlKind.Number, element),
        JsonValueKind.True or JsonValueKind.False => new SqlValue(SqlKind.Boolean, element),
        JsonValueKind.Null => new SqlValue(SqlKind.Null, element),
        _ => default,
    };

    /// <summary>The same value with its scalar read out, so that comparing it many times costs no parsing.</summary>
    public SqlValue Read() => Kind switch
    {
        SqlKind.Number => new SqlValue(SqlKind.Number, Number, null),
        SqlKind.String => new SqlValue(SqlKind.String, 0, String),
        _ => this,
    };

    /// <summary>Compares with text given both ways, so that a stored string is compared without being decoded.</summary>
    public bool EqualsText(string text, ReadOnlySpan<byte> utf8) =>
        Kind == SqlKind.String && (_isView ? _element.ValueEquals(utf8) : (string)_computed! == text);

    public bool EqualsText(string text) => Kind == SqlKind.String && (_isView ? _element.ValueEquals(text) : (string)_computed! == text);

    public bool TextEquals(SqlValue other)
    {
        if (!other._isView) return EqualsText((string)other._computed!);
        return !_isView ? other._element.ValueEquals((string)_computed!) : _element.ValueEquals(other.String);
    }

    /// <summary>The property, or undefined; <paramref name="utf8Name"/> is the same name in UTF-8.</summary>
    public SqlValue Property(string name, ReadOnlySpan<byte> utf8Name)
    {
        if (Kind != SqlKind.Object) return default;
        if (_isView) return _element.TryGetProperty(utf8Name, out var property) ? Of(property) : default;
        return Computed(name);
    }

    public SqlValue Property(string name)
    {
        if (Kind != SqlKind.Object) return default;
        if (_isView) return _element.TryGetProperty(name, out var property) ? Of(property) : default;
        return Computed(name);
    }

    /// <summary>The element, or undefined past the end.</summary>
    public SqlValue Item(int index)
    {
        if (Kind != SqlKind.Array || index < 0 || index >= Length) return default;
        return _isView ? Of(_element[index]) : ((IReadOnlyList<SqlValue>)_computed!)[index];
    }

    /// <summary>Number of elements of an array.</summary>
    public int Length => _isView ? _element.GetArrayLength() : ((IReadOnlyList<SqlValue>)_computed!).Count;

    public IEnumerable<SqlValue> Items => _isView ? ViewItems(_element) : (IReadOnlyList<SqlValue>)_computed!;

    /// <summary>The defined properties of an object.</summary>
    public IEnumerable<KeyValuePair<string, SqlValue>> Properties =>
        _isView ? ViewProperties(_element) : ((KeyValuePair<string, SqlValue>[])_computed!).Where(property => !property.Value.IsUndefined);

    /// <summary>The value as JSON; a view is handed out as it is.</summary>
    public JsonElement ToElement() => _isView ? _element : SqlJson.Build(this, static (writer, value) => value.Write(writer));

    public void Write(Utf8JsonWriter writer)
    {
        if (_isView)
        {
            _element.WriteTo(writer);
            return;
        }

        switch (Kind)
        {
            case SqlKind.Undefined or SqlKind.Null:
                writer.WriteNullValue();
                break;
            case SqlKind.Boolean:
                writer.WriteBooleanValue(Boolean);
                break;
            case SqlKind.Number:
                writer.WriteNumberValue(_number == 0 ? 0 : _number);
                break;
            case SqlKind.String:
                writer.WriteStringValue(String);
                break;
            case SqlKind.Array:
                writer.WriteStartArray();
                foreach (var item in (IReadOnlyList<SqlValue>)_computed!) item.Write(writer);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStartObject();
                foreach (var (name, value) in (KeyValuePair<string, SqlValue>[])_computed!)
                {
                    if (value.IsUndefined) continue;
                    writer.WritePropertyName(name);
                    value.Write(writer);
                }

                writer.WriteEndObject();
                break;
        }
    }

    private SqlValue Computed(string name)
    {
        foreach (var (key, value) in (KeyValuePair<string, SqlValue>[])_computed!)
        {
            if (key == name) return value;
        }

        return default;
    }

    private static IEnumerable<SqlValue> ViewItems(JsonElement array)
    {
        foreach (var item in array.EnumerateArray()) yield return Of(item);
    }

    private static IEnumerable<KeyValuePair<string, SqlValue>> ViewProperties(JsonElement value)
    {
        foreach (var property in value.EnumerateObject()) yield return new(property.Name, Of(property.Value));
    }
}

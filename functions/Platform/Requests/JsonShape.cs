using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TikTok.Functions.Platform;

/// <summary>Holds a JSON document against the type it should become, and says of every member what is wrong with it.</summary>
internal static class JsonShape
{
    /// <exception cref="ProblemException">400: not a JSON document, nested too deep, or a member given twice.</exception>
    public static void RefuseDuplicates(ReadOnlySpan<byte> json, int maxDepth)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        var scopes = new Stack<Scope>();
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        scopes.Push(new Scope(PathOfValue(scopes), reader.TokenType == JsonTokenType.StartObject));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        scopes.Pop();
                        break;
                    case JsonTokenType.PropertyName:
                        var name = reader.GetString()!;
                        if (!scopes.Peek().Enter(name)) throw Problems.Invalid(Join(scopes.Peek().Path, name), "is given twice");
                        break;
                    default:
                        PathOfValue(scopes);
                        break;
                }
            }
        }
        catch (JsonException e)
        {
            throw Problems.Malformed(
                $"The body is not a JSON document of at most {maxDepth} levels (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).");
        }
        catch (InvalidOperationException)
        {
            throw Problems.Malformed("The body has a member whose name is not valid text.");
        }
    }

    /// <exception cref="ProblemException">400 with all members that do not fit <paramref name="type"/>.</exception>
    public static void RefuseMismatch(JsonElement value, JsonTypeInfo type)
    {
        var errors = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        Check(value, type, "", errors);
        if (errors.Count > 0) throw Problems.Invalid(errors);
    }

    private static void Check(JsonElement value, JsonTypeInfo type, string path, IDictionary<string, IReadOnlyList<string>> errors)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when value.ValueKind == JsonValueKind.Object:
                CheckMembers(value, type, path, errors);
                break;
            case JsonTypeInfoKind.Enumerable when value.ValueKind == JsonValueKind.Array:
                var element = type.Options.GetTypeInfo(type.ElementType!);
                var index = 0;
                foreach (var item in value.EnumerateArray()) Check(item, element, $"{path}[{index++}]", errors);
                break;
            case JsonTypeInfoKind.Dictionary when value.ValueKind == JsonValueKind.Object:
                var member = type.Options.GetTypeInfo(type.ElementType!);
                foreach (var entry in value.EnumerateObject()) Check(entry.Value, member, Join(path, entry.Name), errors);
                break;
            case JsonTypeInfoKind.None when Fits(value, type):
                break;
            default:
                errors[path] = [$"must be {Describe(type)}"];
                break;
        }
    }

    private static void CheckMembers(JsonElement value, JsonTypeInfo type, string path, IDictionary<string, IReadOnlyList<string>> errors)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            given.Add(member.Name);
            var property = type.Properties.FirstOrDefault(p => string.Equals(p.Name, member.Name, StringComparison.Ordinal));
            var memberPath = Join(path, member.Name);
            if (property is null || (property.Set is null && property.AssociatedParameter is null))
                errors[memberPath] = ["is not known here"];
            else if (member.Value.ValueKind != JsonValueKind.Null)
                Check(member.Value, type.Options.GetTypeInfo(property.PropertyType), memberPath, errors);
            else if (!IsNullable(property))
                errors[memberPath] = ["must not be null"];
        }

        foreach (var missing in type.Properties.Where(p => p.IsRequired && !given.Contains(p.Name)))
            errors[Join(path, missing.Name)] = ["is required"];
    }

    private static bool IsNullable(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsSetNullable;

    private static bool Fits(JsonElement value, JsonTypeInfo type)
    {
        try
        {
            // The serializer takes names in any case, and several of them as the number that their bits make together.
            if ((Nullable.GetUnderlyingType(type.Type) ?? type.Type) is { IsEnum: true } names)
                return value.ValueKind == JsonValueKind.String && Enum.GetNames(names).Any(name => value.ValueEquals(JsonNamingPolicy.CamelCase.ConvertName(name)));
            return value.ValueKind != JsonValueKind.Null && value.Deserialize(type) is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static string Describe(JsonTypeInfo type)
    {
        var clr = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (clr.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(clr).Select(JsonNamingPolicy.CamelCase.ConvertName))}";
        if (clr == typeof(DateOnly)) return "a date such as 2001-12-31";
        if (clr == typeof(DateTimeOffset)) return "a time such as 2026-01-31T12:00:00Z";
        if (type.Kind == JsonTypeInfoKind.Enumerable) return "a list";
        if (type.Kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary) return "an object";
        return Type.GetTypeCode(clr) switch
        {
            TypeCode.String => "text",
            TypeCode.Boolean => "true or false",
            TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 or TypeCode.Byte => "a whole number",
            TypeCode.Double or TypeCode.Single or TypeCode.Decimal => "a number",
            _ => "of another form",
        };
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string PathOfValue(Stack<Scope> scopes) => scopes.Count == 0 ? "" : scopes.Peek().NextValue();

    /// <summary>One open object or array, and where in it the reader is.</summary>
    private sealed class Scope(string path, bool isObject)
    {
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);
        private string _name = "";
        private int _index;

        public string Path => path;

        /// <returns>Whether the object has no such member yet.</returns>
        public bool Enter(string name)
        {
            _name = name;
            return _names.Add(name);
        }

        /// <summary>The path of the value that begins here.</summary>
        public string NextValue() => isObject ? Join(path, _name) : $"{path}[{_index++}]";
    }
}

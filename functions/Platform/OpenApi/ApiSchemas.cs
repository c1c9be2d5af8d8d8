using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace TikTok.Functions.Platform;

/// <summary>JSON Schemas (2020-12) of the types that the API asks for and answers with, as the serializer reads and writes them.</summary>
internal sealed class ApiSchemas(ApiWords words)
{
    // By name; a type that is both asked for and answered is two components, for what may be left out differs.
    private readonly SortedDictionary<string, JsonObject> _components = new(StringComparer.Ordinal);
    private readonly Dictionary<(Type, bool), string> _names = [];

    public JsonObject OfRequest(Type type) => Of(type, isRequest: true);

    public JsonObject OfAnswer(Type type) => Of(type, isRequest: false);

    public JsonObject Components()
    {
        var components = new JsonObject();
        foreach (var (name, schema) in _components) components[name] = schema;
        return components;
    }

    private JsonObject Of(Type type, bool isRequest)
    {
        var info = JsonRequestExtensions.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => new JsonObject { ["$ref"] = $"#/components/schemas/{NameOf(info, isRequest)}" },
            JsonTypeInfoKind.Enumerable => new JsonObject { ["type"] = "array", ["items"] = Of(info.ElementType!, isRequest) },
            JsonTypeInfoKind.Dictionary => new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(info.ElementType!, isRequest) },
            _ => Scalar(info.Type),
        };
    }

    private string NameOf(JsonTypeInfo info, bool isRequest)
    {
        if (_names.TryGetValue((info.Type, isRequest), out var known)) return known;

        var name = Name(info.Type);
        if (_components.ContainsKey(name)) name += isRequest ? "Asked" : "Answered";
        var properties = new JsonObject();
        var required = new JsonArray();
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (words.Of(info.Type) is { } about) schema["description"] = about;

        // Named before its members are looked at: one of them may be of this type again.
        _names[(info.Type, isRequest)] = name;
        _components[name] = schema;
        foreach (var property in info.Properties.Where(p => isRequest || p.Get is not null))
        {
            var described = Of(property.PropertyType, isRequest);
            if (MeaningOf(property) is { } meaning) described["description"] = meaning;
            properties[property.Name] = described;
            if (isRequest ? property.IsRequired : !IsNullable(property)) required.Add(property.Name);
        }

        if (required.Count > 0) schema["required"] = required;
        if (isRequest) schema["additionalProperties"] = false;
        return name;
    }

    /// <summary>What is said of the member itself, or else of the enumeration that it is of.</summary>
    private string? MeaningOf(JsonPropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return (property.AttributeProvider is PropertyInfo declared ? words.Of(declared) : null) ?? (type.IsEnum ? words.Of(type) : null);
    }

    private static bool IsNullable(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsGetNullable;

    /// <summary><c>Page&lt;Video&gt;</c> is <c>PageOfVideo</c>.</summary>
    private static string Name(Type type) =>
        type.IsGenericType ? $"{type.Name.Split('`')[0]}Of{string.Concat(type.GetGenericArguments().Select(Name))}" : type.Name;

    private static JsonObject Scalar(Type type)
    {
        if (type.IsEnum)
            return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(n => (JsonNode)JsonNamingPolicy.CamelCase.ConvertName(n))]) };
        if (type == typeof(DateOnly)) return Text("date");
        if (type == typeof(DateTimeOffset)) return Text("date-time");
        if (type == typeof(Uri)) return Text("uri");
        if (type.IsAssignableTo(typeof(JsonNode))) return new JsonObject { ["type"] = "object" };
        return Type.GetTypeCode(type) switch
        {
            TypeCode.String => new JsonObject { ["type"] = "string" },
            TypeCode.Boolean => new JsonObject { ["type"] = "boolean" },
            TypeCode.Int32 => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
            TypeCode.Int64 => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
            TypeCode.Double => new JsonObject { ["type"] = "number", ["format"] = "double" },
            _ => throw new NotSupportedException($"{type} has no place in the API."),
        };
    }

    private static JsonObject Text(string format) => new() { ["type"] = "string", ["format"] = format };
}

using System.Text.Json;

namespace TikTok.LocalTests.Input;

/// <summary>The served <c>openapi.json</c>, as tests ask it: which routes there are, what they take and what they answer.</summary>
internal sealed class ApiDocument
{
    private readonly JsonElement _root;

    private ApiDocument(JsonElement root)
    {
        _root = root;
        Operations = [.. root.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => new ApiOperation(path.Name, method)))];
    }

    public IReadOnlyList<ApiOperation> Operations { get; }

    public static async Task<ApiDocument> ReadAsync(HttpClient http) => new((await http.SendAsync(HttpMethod.Get, "openapi.json")).Body);

    /// <summary>The schema that a reference stands for, or the schema itself.</summary>
    public JsonElement Resolve(JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out var reference))
            schema = _root.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        return schema;
    }

    /// <summary>What in a value is not as the schema says; empty when it is.</summary>
    public IEnumerable<string> Mismatches(JsonElement value, JsonElement schema, string path = "$")
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("enum", out var allowed))
            return allowed.EnumerateArray().Any(a => JsonElement.DeepEquals(a, value)) ? [] : [$"{path}: {value} is none of {allowed}"];
        return (schema.GetProperty("type").GetString(), value.ValueKind) switch
        {
            ("object", JsonValueKind.Object) => MemberMismatches(value, schema, path),
            ("array", JsonValueKind.Array) => value.EnumerateArray().SelectMany((item, i) => Mismatches(item, schema.GetProperty("items"), $"{path}[{i}]")),
            ("string", JsonValueKind.String) => FormatMismatches(value.GetString()!, schema, path),
            ("boolean", JsonValueKind.True or JsonValueKind.False) => [],
            ("integer", JsonValueKind.Number) => value.TryGetInt64(out _) ? [] : [$"{path}: {value} is no integer"],
            ("number", JsonValueKind.Number) => [],
            var (type, kind) => [$"{path}: {kind} where {type} is described"],
        };
    }

    private IEnumerable<string> MemberMismatches(JsonElement value, JsonElement schema, string path)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(r => r.GetString()!).Where(name => !value.TryGetProperty(name, out _)))
                yield return $"{path}.{name} is missing";
        }

        var isMap = schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind == JsonValueKind.Object;
        var isOpen = !isMap && !schema.TryGetProperty("properties", out _);
        foreach (var member in value.EnumerateObject())
        {
            if (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(member.Name, out var described))
            {
                foreach (var mismatch in Mismatches(member.Value, described, $"{path}.{member.Name}")) yield return mismatch;
            }
            else if (isMap)
            {
                foreach (var mismatch in Mismatches(member.Value, additional, $"{path}.{member.Name}")) yield return mismatch;
            }
            else if (!isOpen)
            {
                yield return $"{path}.{member.Name} is not described";
            }
        }
    }

    private static IEnumerable<string> FormatMismatches(string text, JsonElement schema, string path)
    {
        var holds = !schema.TryGetProperty("format", out var format) || format.GetString() switch
        {
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", out _),
            "date-time" => DateTimeOffset.TryParse(text, out _),
            "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
            _ => true,
        };
        return holds ? [] : [$"{path}: '{text}' is no {format}"];
    }
}

/// <summary>One method of one path.</summary>
internal sealed class ApiOperation(string path, JsonProperty method)
{
    private readonly JsonElement _operation = method.Value;

    /// <summary><c>/videos/{id}/like</c>.</summary>
    public string Path => path;

    public HttpMethod Method { get; } = new(method.Name.ToUpperInvariant());

    public string Name => $"{Method} {path}";

    /// <summary>Answers without a token.</summary>
    public bool IsOpen => _operation.TryGetProperty("security", out var security) && security.GetArrayLength() == 0;

    /// <summary>Asks for a role beyond a user's.</summary>
    public bool IsForStaff => _operation.TryGetProperty("security", out var security) && security.GetArrayLength() > 0;

    public JsonElement? Body => _operation.TryGetProperty("requestBody", out var body)
        ? body.GetProperty("content").GetProperty("application/json").GetProperty("schema")
        : null;

    public IEnumerable<string> PathParameters => Parameters("path").Select(p => p.Name);

    public IEnumerable<(string Name, JsonElement Schema)> QueryParameters => Parameters("query").Select(p => (p.Name, p.Schema));

    public bool TakesIdempotencyKey => Parameters("header").Any(p => p.Name == "Idempotency-Key");

    public bool NeedsIdempotencyKey => Parameters("header").Any(p => p is { Name: "Idempotency-Key", IsRequired: true });

    /// <summary>Whether this status is among the described answers.</summary>
    public bool Answers(int status) => _operation.GetProperty("responses").TryGetProperty($"{status}", out _);

    /// <summary>Whether a problem of this type is among the described answers.</summary>
    public bool Refuses(int status, string? type) =>
        _operation.GetProperty("responses").TryGetProperty($"{status}", out var response)
        && response.GetProperty("content").TryGetProperty("application/problem+json", out var problem)
        && problem.GetProperty("schema").GetProperty("allOf")[1].GetProperty("properties").GetProperty("type").GetProperty("enum").EnumerateArray().Any(t => t.ValueEquals(type));

    /// <summary>The schema of a described answer in JSON; null for one without a body, or not in JSON.</summary>
    public JsonElement? Answer(int status) =>
        _operation.GetProperty("responses").TryGetProperty($"{status}", out var response)
        && response.TryGetProperty("content", out var content)
        && content.TryGetProperty("application/json", out var json)
            ? json.GetProperty("schema")
            : null;

    /// <summary>The path with its parameters filled in, ready for a request line.</summary>
    public string Fill(Func<string, string> value) =>
        PathParameters.Aggregate(path[1..], (filled, name) => filled.Replace($"{{{name}}}", value(name), StringComparison.Ordinal));

    public override string ToString() => Name;

    private IEnumerable<(string Name, bool IsRequired, JsonElement Schema)> Parameters(string place) => _operation.TryGetProperty("parameters", out var all)
        ? all.EnumerateArray().Where(p => p.GetProperty("in").GetString() == place)
            .Select(p => (p.GetProperty("name").GetString()!, p.TryGetProperty("required", out var required) && required.GetBoolean(), p.GetProperty("schema")))
        : [];
}

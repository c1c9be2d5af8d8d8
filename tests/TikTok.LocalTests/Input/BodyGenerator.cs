using System.Text.Json;
using System.Text.Json.Nodes;
using TikTok.Core;

namespace TikTok.LocalTests.Input;

/// <summary>Bodies made from schemas: whole ones that are mostly right, and ones with something wrong in them. The same seed makes the same bodies.</summary>
internal sealed class BodyGenerator(InputScene scene, Random random, bool isWhole = false)
{
    /// <summary>Text that is not what it looks like, or not text.</summary>
    public static readonly IReadOnlyList<string> HostileTexts =
    [
        "", " ", "\0", "a\0b", "\u0007bell", "line\nbreak", "\u202Egnp.exe", "\u2066isolated\u2069", "\uFEFFmark", "\uFFFF", "e\u0301\u0301\u0301", "👩‍👩‍👧‍👧", "ＡＢＣ",
        "../../etc/passwd", "..\\..\\windows", "%2e%2e%2f", "a/b", "'; DROP TABLE users; --", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x}", "null", "true", "-1", "NaN",
        new string('a', 5_000), string.Concat(Enumerable.Repeat("e\u0301", 3_000)), "c.id = c.id", "\u2028",
    ];

    /// <summary>Any JSON at all, as it is written.</summary>
    private static readonly IReadOnlyList<string> HostileValues =
    [
        "null", "true", "[]", "{}", "0", "-1", "1.5", "1e400", "-1e400", "9223372036854775808", "-9223372036854775809", "123456789012345678901234567890", "1E2", "\"\"", "\"\\ud800\"",
        "\"\\u0000\"", "[[[[[[[[[[1]]]]]]]]]]", "{\"a\":{\"b\":{\"c\":{}}}}", "[null]", "[1,\"a\",{}]",
    ];

    /// <summary>A body that the operation may well take.</summary>
    public JsonObject Valid(ApiOperation operation)
    {
        var body = (JsonObject)Valid(operation.Body!.Value)!;
        if (operation.Path == "/auth/login") body["username"] = scene.Other.Username;
        return body;
    }

    /// <summary>The same with one thing wrong, as it is written: what is no JSON cannot be a node.</summary>
    public string Mutated(ApiOperation operation)
    {
        var body = Valid(operation);
        return random.Next(8) switch
        {
            0 => Broken(body),
            1 => Pick(HostileValues),
            2 => WithMember(body, Pick(["zzz", "__proto__", "id", "userId", "role", "_etag", "TITLE", ""]), Pick(HostileValues)),
            3 => Twice(body),
            _ => WithHostileLeaf(body),
        };
    }

    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>As the schema says and, where names tell, as the field means it.</summary>
    public JsonNode? Valid(JsonElement schema, string name = "")
    {
        schema = scene.Document.Resolve(schema);
        if (schema.TryGetProperty("enum", out var values)) return JsonNode.Parse(Pick([.. values.EnumerateArray()]).GetRawText());
        return schema.GetProperty("type").GetString() switch
        {
            "object" => ValidObject(schema),
            "array" => new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Valid(schema.GetProperty("items"), name))]),
            "integer" => name switch { "watchDurationMs" => 5_000, "durationMs" or "totalDurationMs" => 20_000, _ => random.Next(1, 1_000) },
            "number" => random.NextDouble(),
            "boolean" => random.Next(2) == 0,
            _ => ValidText(schema, name),
        };
    }

    private JsonObject ValidObject(JsonElement schema)
    {
        var made = new JsonObject();
        if (!schema.TryGetProperty("properties", out var properties)) return made;
        var required = schema.TryGetProperty("required", out var r) ? r.EnumerateArray().Select(e => e.GetString()!).ToHashSet(StringComparer.Ordinal) : [];

        // Mostly everything: what is optional to the schema is often asked for by the rules behind it.
        foreach (var property in properties.EnumerateObject().Where(p => required.Contains(p.Name) || ((random.Next(5) > 0 || isWhole) && p.Name is not ("events" or "parentId"))))
            made[property.Name] = Valid(property.Value, property.Name);
        return made;
    }

    private string ValidText(JsonElement schema, string name) => schema.TryGetProperty("format", out var format) && format.GetString() is "date" ? "1990-01-01" : name switch
    {
        "from" => "2026-01-01T00:00:00Z",
        "to" => "2026-01-31T00:00:00Z",
        "username" => Api.NewName(),
        "password" or "currentPassword" => Api.Password,
        "newPassword" => Api.Password + "2",
        "country" => "DE",
        "videoId" => random.Next(2) == 0 ? scene.OwnVideo : scene.OthersVideo,
        "soundId" or "id" => Id.New(TimeProvider.System),
        "userId" or "to" => scene.Other.UserId,
        "parentId" => scene.OwnComment,
        "refreshToken" => scene.Leaver.RefreshToken,
        "hashtags" or "interests" => Pick(["cooking", "street-food", "travel"]),
        "filename" => "clip.mp4",
        _ => Pick(["A clip", "Words", "émigré", "日本語", "ok"]),
    };

    private string Broken(JsonNode? body)
    {
        var text = body?.ToJsonString() ?? "";
        return random.Next(6) switch
        {
            0 => text[..random.Next(text.Length)],
            1 => text + text,
            2 => text + "// end",
            3 => $"[{text}]",
            4 => new string('[', 200) + new string(']', 200),
            _ => text.Replace(':', '='),
        };
    }

    private static string WithMember(JsonNode? body, string name, string value)
    {
        var text = body?.ToJsonString() ?? "{}";
        var comma = text.Length > 2 ? "," : "";
        return text.EndsWith('}') ? $"{text[..^1]}{comma}{JsonSerializer.Serialize(name)}:{value}}}" : text;
    }

    private string Twice(JsonNode? body) =>
        body is JsonObject { Count: > 0 } members && Pick([.. members]) is var member ? WithMember(body, member.Key, member.Value?.ToJsonString() ?? "null") : Pick(HostileValues);

    private string WithHostileLeaf(JsonNode? body)
    {
        if (body is not JsonObject { Count: > 0 } members) return Pick(HostileValues);
        const string Mark = "\"\\u0001mark\\u0001\"";
        var (key, value) = Pick([.. members]);
        members[key] = JsonValue.Create("\u0001mark\u0001");
        var hostile = value is JsonValue && random.Next(2) == 0 ? JsonSerializer.Serialize(Pick(HostileTexts)) : Pick(HostileValues);
        return members.ToJsonString().Replace(Mark, hostile, StringComparison.Ordinal);
    }
}

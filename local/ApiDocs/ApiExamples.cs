using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TikTok.Local.ApiDocs;

/// <summary>Examples made from the description's schemas, with values that a reader recognizes.</summary>
internal sealed class ApiExamples(JsonObject description)
{
    private const int MaxDepth = 4;
    private const string VideoId = "01k7ve6bibfjp8h9jel1u3saap";
    private const string UserId = "01k7ve4vr5e6p1nd2hq0ccs3jo";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OnOneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Members that a first reader does not need, or that exclude the others.</summary>
    private static readonly HashSet<string> LeftOut = new(["events", "parentId", "replyTo", "soundId", "sound", "reason", "hashtag"], StringComparer.Ordinal);

    /// <summary>What the answer of a call looks like, on several lines.</summary>
    public string Answer(string method, JsonNode schema)
    {
        var answer = Make(schema, "", 0)!;

        // What was asked for is so afterwards.
        foreach (var state in new[] { "liked", "following" })
        {
            if (method == "POST" && answer[state] is not null) answer[state] = true;
        }

        return answer.ToJsonString(Indented);
    }

    /// <summary>A call with <c>curl</c>; <c>$API</c> and <c>$TOKEN</c> are the reader's.</summary>
    public string Call(string method, string path, JsonObject operation)
    {
        var address = $"$API{path.Replace("{id}", path.Contains("/comments/{id}", StringComparison.Ordinal) ? $"{VideoId}-{UserId}" : IdIn(path), StringComparison.Ordinal).Replace("{userId}", UserId, StringComparison.Ordinal).Replace("{name}", "master.m3u8", StringComparison.Ordinal)}";
        List<string> parts = [method == "GET" ? "curl" : $"curl -X {method}", operation["parameters"] is JsonArray all && all.Any(p => (string?)p!["name"] == "cursor") ? $"\"{address}?{PageSize(all)}=5\"" : address];
        if (operation["security"] is not JsonArray { Count: 0 }) parts.Add("-H \"Authorization: Bearer $TOKEN\"");
        if (operation["requestBody"]?["content"]?["application/json"]?["schema"] is not { } schema) return string.Join(' ', parts);
        return $"{string.Join(' ', parts)} \\\n  -H 'Content-Type: application/json' -d '{Make(schema, "", 0)!.ToJsonString(OnOneLine)}'";
    }

    private static string PageSize(JsonArray parameters) => parameters.Any(p => (string?)p!["name"] == "count") ? "count" : "limit";

    private static string IdIn(string path) => path.Contains("/videos/{id}", StringComparison.Ordinal) ? VideoId : path.Contains("/users/{id}", StringComparison.Ordinal) ? UserId : "01k7ve9mq3f2a8i1ut5o0gnd7c";

    private JsonNode? Make(JsonNode schema, string name, int depth)
    {
        if ((string?)schema["$ref"] is { } reference) return depth > MaxDepth ? new JsonObject() : MakeObject(description["components"]!["schemas"]![reference.Split('/')[^1]]!, depth);
        if (schema["enum"] is JsonArray values) return (values.FirstOrDefault(v => (string)v! == "ready") ?? values[0]!).DeepClone();
        if (((string?)schema["description"])?.Contains("base64", StringComparison.Ordinal) == true) return "MDAwMDAx";
        return (string)schema["type"]! switch
        {
            "array" => depth > MaxDepth ? new JsonArray() : new JsonArray(Make(schema["items"]!, name, depth + 1)),
            "object" when schema["additionalProperties"] is JsonObject value => new JsonObject { [name == "urls" ? "master" : "videos"] = Make(value, name, depth + 1) },
            "object" => new JsonObject(),
            "boolean" => name.StartsWith("allow", StringComparison.Ordinal),
            "number" => 0.75,
            "integer" => name switch
            {
                "filesize" or "bytes" or "size" => 10_485_760,
                "blockSize" => 4_194_304,
                "durationMs" or "totalDurationMs" => 21_000,
                "watchDurationMs" or "watchedMs" => 17_500,
                "expiresIn" => 900,
                "progress" => 100,
                "width" => 1080,
                "height" => 1920,
                "found" => 0,
                _ => 12,
            },
            _ => Text((string?)schema["format"], name),
        };
    }

    private JsonObject MakeObject(JsonNode schema, int depth)
    {
        var made = new JsonObject();
        foreach (var (name, member) in schema["properties"]!.AsObject().Where(p => !LeftOut.Contains(p.Key))) made[name] = Make(member!, name, depth + 1);
        return made;
    }

    private static string Text(string? format, string name) => (format, name) switch
    {
        ("date", _) => "1998-04-30",
        ("date-time", _) => "2026-11-21T12:00:00Z",
        (_, "id" or "videoId" or "requestId" or "generation") => VideoId,
        (_, "userId") => UserId,
        (_, "username") => "noodle.cook",
        (_, "displayName") => "Noodle cook",
        (_, "bio") => "Noodles, quickly.",
        (_, "password" or "currentPassword") => "a tall glass of broth",
        (_, "newPassword") => "two tall glasses of broth",
        (_, "country") => "DE",
        (_, "title") => "Noodles in two minutes",
        (_, "description") => "Recipe in the comments. #noodles",
        (_, "hashtags") => "noodles",
        (_, "interests") => "street-food",
        (_, "text") => "Which sauce is that?",
        (_, "filename") => "noodles.mp4",
        (_, "sessionId") => "5f1c",
        (_, "device") => "Phone",
        (_, "accessToken") => "eyJhbGciOiJFUzI1NiIs…",
        (_, "refreshToken") => $"{UserId}.01k7ve4vt1f9s6m8dq2o0ahi5k.Qm9y…",
        (_, "nextCursor") => "Zk1qV0s…",
        (_, "uploadUrl") => $"https://storage.example/uploads/{VideoId}?sp=cw&sig=…",
        (_, "statusUrl") => $"/api/v1/privacy-requests/{UserId}.{VideoId}",
        (_, "url" or "urls") => $"https://media.example/{VideoId}/master.m3u8",
        (_, "thumbnails") => $"https://media.example/{VideoId}/thumbnail-1.jpg",
        (_, "rendition") => "480p",
        (_, "fallback") => "trending",
        _ => "…",
    };
}

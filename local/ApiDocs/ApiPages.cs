using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using TikTok.Functions.Platform;

namespace TikTok.Local.ApiDocs;

/// <summary>The API description as Markdown for whoever writes an app: one page per tag, and one that says what holds for all calls.</summary>
internal sealed class ApiPages(JsonObject description)
{
    public const string Mark = "<!-- Generated from openapi.json: do not edit. The repository's README.md has the command. -->\n\n";

    private sealed record Call(string Method, string Path, JsonObject Operation)
    {
        public string Tag => (string)Operation["tags"]![0]!;

        public bool IsOpen => Operation["security"] is JsonArray { Count: 0 };

        public string? Role => Operation["security"] is JsonArray { Count: > 0 } security ? (string?)security[0]!["bearer"]![0] : null;

        public string Anchor => $"{Method} {Path}".ToLowerInvariant().Replace(' ', '-').Replace("/", "", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal);
    }

    public IReadOnlyDictionary<string, string> Write()
    {
        var calls = description["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => new Call(operation.Key.ToUpperInvariant(), path.Key, operation.Value!.AsObject())))
            .ToList();
        var pages = calls.GroupBy(call => call.Tag, StringComparer.Ordinal).ToDictionary(group => FileOf(group.Key), group => Page(group.Key, [.. group]), StringComparer.Ordinal);
        pages["README.md"] = Index(calls);
        return pages;
    }

    private string Index(IReadOnlyList<Call> calls)
    {
        var text = new StringBuilder(Mark).Append(CultureInfo.InvariantCulture, $"""
            # The HTTP API

            Base `{(string)description["servers"]![0]!["url"]!}`. JSON in UTF-8, times in RFC 3339, durations in milliseconds. `GET openapi.json` is the same as a document for programs.

            - **Who calls**: `Authorization: Bearer <access token>`, except where a call is *open*. Tokens come from `POST /auth/login` and live for 15 minutes; `POST /auth/refresh` gives new ones.
            - **Errors** are RFC 9457 problem documents (`application/problem+json`). Decide by `type`: `/problems/invalid` has `errors`, which names each field at fault and why; `traceId` finds the log.
            - **Bodies** are read strictly: unknown, duplicate and missing members, wrong types and anything after the document are refused by name. At most 64 KiB, within 10 seconds.
            - **Lists** take `limit` (1 to 100, 20 unless given) and `cursor`, and answer `items` and `nextCursor`, which is absent at the end. A cursor is good for its own list only.
            - **Repetition**: where a call takes `Idempotency-Key`, the same key and body within a day get the first answer again, marked `Idempotency-Replayed: true`.
            - **Roles**: [roles.md](roles.md) says who may call what.
            - **Limits**: `RateLimit` and `RateLimit-Policy` say how the caller's limits stand; 429 comes with `Retry-After` in seconds.

            ## Limits

            | name | counts | user | verified | creator | within |
            |---|---|---|---|---|---|

            """);
        foreach (var row in RateLimits.Table)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| `{RateLimit.NameOf(row.Class)}` | {(row.Subject == RateSubject.User ? "the caller" : "the address")} | {row.User:#,0} | {row.Verified:#,0} | {row.Creator:#,0} | {Words(row.Window)} |\n");
        }

        text.Append("\n## Calls\n");
        foreach (var tag in calls.GroupBy(call => call.Tag, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n**[{tag.Key}]({FileOf(tag.Key)})**\n\n");
            foreach (var call in tag) text.Append(CultureInfo.InvariantCulture, $"- [`{call.Method} {call.Path}`]({FileOf(tag.Key)}#{call.Anchor}) {(string)call.Operation["summary"]!}\n");
        }

        return text.ToString();
    }

    private string Page(string tag, IReadOnlyList<Call> calls)
    {
        var text = new StringBuilder(Mark).Append(CultureInfo.InvariantCulture, $"# {tag}\n");
        var about = description["tags"]!.AsArray().FirstOrDefault(t => (string)t!["name"]! == tag)?["description"];
        if (about is not null) text.Append(CultureInfo.InvariantCulture, $"\n{(string)about!}\n");
        var types = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var call in calls) Write(text, call, types);

        text.Append("\n## Types\n");
        var written = new HashSet<string>(StringComparer.Ordinal);
        while (types.FirstOrDefault(type => !written.Contains(type)) is { } next)
        {
            written.Add(next);
            WriteType(text, next, types);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, Call call, SortedSet<string> types)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## `{call.Method} {call.Path}`\n\n{(string)call.Operation["summary"]!}.");
        if (call.Operation["description"] is { } words) text.Append(CultureInfo.InvariantCulture, $" {(string)words!}");
        var notes = new List<string>();
        if (call.IsOpen) notes.Add("*Open.*");
        if (call.Role is { } role) notes.Add($"For role `{role}` and above.");
        if (call.Operation["x-rate-limit"] is { } limit) notes.Add($"Limit `{(string)limit!}`.");
        if (notes.Count > 0) text.Append(CultureInfo.InvariantCulture, $"\n\n{string.Join(' ', notes)}");
        text.Append('\n');

        if (call.Operation["parameters"] is JsonArray { Count: > 0 } parameters)
        {
            text.Append("\n| parameter | in | type | |\n|---|---|---|---|\n");
            foreach (var parameter in parameters)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"| `{(string)parameter!["name"]!}` | {(string)parameter["in"]!} | {TypeOf(parameter["schema"]!, types)} | {(parameter["required"] is null ? "" : "required")} |\n");
            }
        }

        text.Append('\n');
        if (call.Operation["requestBody"] is { } body)
            text.Append(CultureInfo.InvariantCulture, $"Body: {TypeOf(body["content"]!["application/json"]!["schema"]!, types)}\n\n");
        foreach (var (status, answer) in call.Operation["responses"]!.AsObject().Where(r => r.Key != "default"))
        {
            var content = answer!["content"]?.AsObject().First();
            text.Append(CultureInfo.InvariantCulture, $"- **{status}** {(content is { Value: { } value } ? $"{TypeOf(value["schema"]!, types)}{MediaTypeOf(content.Value.Key)}" : "without a body")}\n");
        }
    }

    private void WriteType(StringBuilder text, string name, SortedSet<string> types)
    {
        var schema = description["components"]!["schemas"]![name]!;
        text.Append(CultureInfo.InvariantCulture, $"\n### {name}\n\n");
        if (schema["description"] is { } about) text.Append(CultureInfo.InvariantCulture, $"{(string)about!}\n\n");
        var required = schema["required"]?.AsArray().Select(r => (string)r!).ToHashSet(StringComparer.Ordinal) ?? [];
        text.Append("| member | type | | |\n|---|---|---|---|\n");
        foreach (var (member, described) in schema["properties"]!.AsObject())
        {
            var meaning = ((string?)described!["description"] ?? "").Replace("|", "\\|", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"| `{member}` | {TypeOf(described, types)} | {(required.Contains(member) ? "" : "optional")} | {meaning} |\n");
        }
    }

    private static string TypeOf(JsonNode schema, SortedSet<string> types)
    {
        if ((string?)schema["$ref"] is { } reference)
        {
            var name = reference.Split('/')[^1];
            types.Add(name);
            return $"[{name}](#{name.ToLowerInvariant()})";
        }

        if (schema["enum"] is JsonArray values) return string.Join(" ", values.Select(v => $"`{(string)v!}`"));
        return (string)schema["type"]! switch
        {
            "array" => $"list of {TypeOf(schema["items"]!, types)}",
            "object" when schema["additionalProperties"] is JsonObject value => $"map of {TypeOf(value, types)}",
            var type => (string?)schema["format"] is { } format and not ("int32" or "int64" or "double") ? $"{type} ({format})" : type,
        };
    }

    private static string MediaTypeOf(string mediaType) => mediaType == "application/json" ? "" : $" (`{mediaType}`)";

    private static string FileOf(string tag) => $"{tag.ToLowerInvariant()}.md";

    private static string Words(TimeSpan window) => window switch
    {
        { TotalDays: 1 } => "a day",
        { TotalHours: 1 } => "an hour",
        { TotalMinutes: 1 } => "a minute",
        _ => window.ToString(),
    };
}

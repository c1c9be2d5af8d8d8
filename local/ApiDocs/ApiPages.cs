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

        /// <summary>How it refuses, by status.</summary>
        public IEnumerable<(string Status, IReadOnlyList<string> Types)> Problems => Operation["responses"]!.AsObject()
            .Where(r => r.Value!["content"]?["application/problem+json"]?["schema"]?["allOf"] is not null)
            .Select(r => (r.Key, (IReadOnlyList<string>)[.. r.Value!["content"]!["application/problem+json"]!["schema"]!["allOf"]![1]!["properties"]!["type"]!["enum"]!.AsArray().Select(t => (string)t!)]));

        public string Anchor => $"{Method} {Path}".ToLowerInvariant().Replace(' ', '-').Replace("/", "", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal);
    }

    private readonly ApiExamples _examples = new(description);

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
        var text = new StringBuilder(Mark).Append(ApiGuide.Text).Append(
            """

            ## Limits

            An answer says how the caller's limits stand: `RateLimit: "requests";r=998;t=60` is what is left and the seconds until all of it is back,
            `RateLimit-Policy: "requests";q=1000;w=60` what is allowed within how many seconds. 429 comes with `Retry-After`, in seconds.

            | name | counts | user | verified | creator | within |
            |---|---|---|---|---|---|

            """);
        foreach (var row in RateLimits.Table)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| `{RateLimit.NameOf(row.Class)}` | {(row.Subject == RateSubject.User ? "the caller" : "the address")} | {row.User:#,0} | {row.Verified:#,0} | {row.Creator:#,0} | {Words(row.Window)} |\n");
        }

        WriteProblems(text, calls);
        text.Append("\n## Calls\n");
        foreach (var tag in calls.GroupBy(call => call.Tag, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n**[{tag.Key}]({FileOf(tag.Key)})**\n\n");
            foreach (var call in tag) text.Append(CultureInfo.InvariantCulture, $"- [`{call.Method} {call.Path}`]({FileOf(tag.Key)}#{call.Anchor}) {(string)call.Operation["summary"]!}\n");
        }

        return text.ToString();
    }

    /// <summary>Every type of problem, and where it is to be expected.</summary>
    private static void WriteProblems(StringBuilder text, IReadOnlyList<Call> calls)
    {
        const int Many = 6;
        text.Append("\n## Problems\n\n| status | type | of |\n|---|---|---|\n");
        var problems = calls.SelectMany(call => call.Problems.SelectMany(p => p.Types.Select(type => (p.Status, Type: type, Call: call))))
            .GroupBy(p => (p.Status, p.Type)).OrderBy(g => g.Key.Status, StringComparer.Ordinal).ThenBy(g => g.Key.Type, StringComparer.Ordinal);
        foreach (var problem in problems)
        {
            var of = problem.Count() > Many
                ? $"{problem.Count()} calls"
                : string.Join(", ", problem.Select(p => $"[`{p.Call.Method} {p.Call.Path}`]({FileOf(p.Call.Tag)}#{p.Call.Anchor})"));
            text.Append(CultureInfo.InvariantCulture, $"| {problem.Key.Status} | `{problem.Key.Type}` | {of} |\n");
        }

        text.Append("| 500 | `/problems/internal` | any call: a fault of the service, under whose `traceId` the log tells more |\n");
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

    private void Write(StringBuilder text, Call call, SortedSet<string> types)
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
            text.Append("\n| parameter | in | type | | |\n|---|---|---|---|---|\n");
            foreach (var parameter in parameters)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"| `{(string)parameter!["name"]!}` | {(string)parameter["in"]!} | {TypeOf(parameter["schema"]!, types)} | {(parameter["required"] is null ? "" : "required")} | {(string?)parameter["description"]} |\n");
            }
        }

        text.Append('\n');
        if (call.Operation["requestBody"] is { } body)
            text.Append(CultureInfo.InvariantCulture, $"Body: {TypeOf(body["content"]!["application/json"]!["schema"]!, types)}\n\n");
        var problems = call.Problems.ToList();
        JsonNode? shown = null;
        foreach (var (status, answer) in call.Operation["responses"]!.AsObject().Where(r => r.Key != "default" && !problems.Any(p => p.Status == r.Key)))
        {
            var content = answer!["content"]?.AsObject().First();
            if (content is { Key: "application/json" } json) shown ??= json.Value!["schema"];
            text.Append(CultureInfo.InvariantCulture, $"- **{status}** {(content is { Value: { } value } ? $"{TypeOf(value["schema"]!, types)}{MediaTypeOf(content.Value.Key)}" : "without a body")}\n");
        }

        foreach (var (status, refusals) in problems)
            text.Append(CultureInfo.InvariantCulture, $"- {status} {string.Join(", ", refusals.Select(type => $"`{type}`"))}\n");
        text.Append(CultureInfo.InvariantCulture, $"\n```sh\n{_examples.Call(call.Method, call.Path, call.Operation)}\n```\n");
        if (shown?["$ref"] is not null) text.Append(CultureInfo.InvariantCulture, $"\n```json\n{_examples.Answer(call.Method, shown)}\n```\n");
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

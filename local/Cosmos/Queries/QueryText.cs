using System.Text.Json;
using System.Text.RegularExpressions;
using TikTok.Local.Cosmos.Protocol;

namespace TikTok.Local.Cosmos.Queries;

/// <summary>The body of a query request: text, parameters, and where a cross-partition ORDER BY goes on.</summary>
internal sealed partial record QueryText(string Text, IReadOnlyDictionary<string, JsonElement> Parameters, JsonElement? ResumeFilter = null)
{
    /// <summary>Whether the query is no more than all documents as they are, which needs no evaluation.</summary>
    public bool SelectsEverything => SelectStar().IsMatch(Text);

    /// <exception cref="CosmosFailure">400 when the body is not a query.</exception>
    public static QueryText Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("query", out var query) || query.ValueKind != JsonValueKind.String)
                throw CosmosFailure.BadRequest("The request has no query text.");

            var parameters = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            if (root.TryGetProperty("parameters", out var list) && list.ValueKind == JsonValueKind.Array)
            {
                foreach (var parameter in list.EnumerateArray())
                {
                    if (parameter.TryGetProperty("name", out var name) && parameter.TryGetProperty("value", out var value))
                        parameters[name.GetString()!] = value.Clone();
                }
            }

            return new QueryText(
                query.GetString()!, parameters, root.TryGetProperty("resumeFilter", out var resume) ? resume.Clone() : null);
        }
        catch (JsonException)
        {
            throw CosmosFailure.BadRequest("The query is not valid JSON.");
        }
    }

    [GeneratedRegex(@"^\s*SELECT\s+\*\s+FROM\s+(c|r|root)\s*$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex SelectStar();
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TikTok.Local.Cosmos.Protocol;
using TikTok.Local.Cosmos.Sql;

namespace TikTok.Local.Cosmos.Documents;

/// <summary>
/// A partial update: up to ten operations, applied in order, and an optional predicate that the document must satisfy
/// ("Partial document update in Azure Cosmos DB").
/// </summary>
internal sealed record DocumentPatch(string? Condition, IReadOnlyList<PatchStep> Steps)
{
    public const int MaxOperations = 10;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Dictionary<string, JsonElement> NoParameters = [];

    /// <exception cref="CosmosFailure">400 when the body is no patch.</exception>
    public static DocumentPatch Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (!root.TryGetProperty("operations", out var operations) || operations.ValueKind != JsonValueKind.Array)
                throw CosmosFailure.BadRequest("The patch has no operations.");
            var steps = operations.EnumerateArray().Select(PatchStep.Parse).ToList();
            if (steps.Count is 0 or > MaxOperations)
                throw CosmosFailure.BadRequest($"The number of patch operations must be between 1 and {MaxOperations}.");
            return new DocumentPatch(root.TryGetProperty("condition", out var condition) ? condition.GetString() : null, steps);
        }
        catch (JsonException)
        {
            throw CosmosFailure.BadRequest("The patch is not valid JSON.");
        }
    }

    /// <summary>The document with all operations applied.</summary>
    /// <exception cref="CosmosFailure">412 when the predicate does not hold; 400 when an operation cannot be applied.</exception>
    public byte[] Apply(byte[] document, ContainerDefinition definition)
    {
        if (!string.IsNullOrWhiteSpace(Condition))
            CheckCondition(document);
        foreach (var step in Steps)
            CheckPath(step, definition);

        var root = JsonNode.Parse(document)!.AsObject();
        foreach (var step in Steps)
            step.Apply(root);
        return JsonSerializer.SerializeToUtf8Bytes(root, Relaxed);
    }

    private void CheckCondition(byte[] document)
    {
        using var parsed = JsonDocument.Parse(document);
        try
        {
            if (!SqlPredicate.Matches(Condition!, NoParameters, parsed.RootElement))
                throw CosmosFailure.PreconditionFailed();
        }
        catch (SqlException failure)
        {
            throw CosmosFailure.BadRequest(failure.Message);
        }
    }

    private static void CheckPath(PatchStep step, ContainerDefinition definition)
    {
        if (step.Path is ["id"] || (step.Path is [var name] && PreparedDocument.IsSystemProperty(name)))
            throw CosmosFailure.BadRequest($"The property '{step.Path[0]}' cannot be patched.");
        foreach (var path in definition.PartitionKeyPaths)
        {
            if (step.Path.Take(path.Count).SequenceEqual(path.Take(step.Path.Count), StringComparer.Ordinal))
                throw CosmosFailure.BadRequest("The partition key cannot be patched.");
        }
    }
}

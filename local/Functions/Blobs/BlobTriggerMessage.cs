using System.Text.Json.Serialization;

namespace TikTok.Local.Functions.Blobs;

/// <summary>A blob that a function is to see, as it waits in the host's own queue and, after too many failures, in the poison queue.</summary>
internal sealed record BlobTriggerMessage
{
    [JsonPropertyName("Type")]
    public string Type { get; init; } = "BlobTrigger";

    [JsonPropertyName("FunctionId")]
    public required string FunctionId { get; init; }

    [JsonPropertyName("BlobType")]
    public string BlobType { get; init; } = "BlockBlob";

    [JsonPropertyName("ContainerName")]
    public required string ContainerName { get; init; }

    [JsonPropertyName("BlobName")]
    public required string BlobName { get; init; }

    [JsonPropertyName("ETag")]
    public required string ETag { get; init; }
}

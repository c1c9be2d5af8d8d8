using TikTok.Local.Cosmos.Documents;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.Local.Cosmos.Operations;

/// <summary>The numbers are those by which a batch names its operations on the wire.</summary>
internal enum DocumentOperationKind
{
    Create = 0,
    Patch = 1,
    Read = 2,
    Delete = 4,
    Replace = 5,
    Upsert = 20,
}

/// <summary>One operation on one document, by itself or in a batch.</summary>
/// <param name="Id">The document addressed; null for create and upsert, whose body says it.</param>
/// <param name="Body">The document or the patch; empty for read and delete.</param>
internal sealed record DocumentOperation(
    DocumentOperationKind Kind,
    PartitionKeyValue PartitionKey,
    string? Id,
    ReadOnlyMemory<byte> Body)
{
    public string? IfMatch { get; init; }

    public string? IfNoneMatch { get; init; }

    /// <summary>The client asked for no document in the answer to a write.</summary>
    public bool MinimalReturn { get; init; }
}

/// <summary>How one operation ended. <see cref="Document"/> is null for a delete.</summary>
internal readonly record struct DocumentOutcome(int Status, DocumentEntry? Document, double RequestCharge);

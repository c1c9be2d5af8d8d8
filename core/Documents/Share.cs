namespace TikTok.Core.Documents;

/// <summary>
/// That a video was shared once, in the video's partition of <c>videos</c> and the batch that counts it: <c>id = share:{operation}</c>. A request that is repeated
/// finds by it that it was counted, and the change feed tells those who learn from shares.
/// </summary>
public sealed record Share
{
    public const string DocumentType = "share";

    /// <summary>Longer than an idempotency key is honoured, and than readers of the change feed may be behind.</summary>
    public const int TtlSeconds = 7 * 24 * 60 * 60;

    public required string Id { get; init; }
    public required string VideoId { get; init; }
    public string Type { get; init; } = DocumentType;
    public required string UserId { get; init; }
    public required DateTimeOffset SharedAt { get; init; }
    public int Ttl { get; init; } = TtlSeconds;

    public static string IdFor(string operationId) => $"share:{operationId}";
}

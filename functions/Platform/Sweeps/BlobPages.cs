using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace TikTok.Functions.Platform;

/// <summary>A container's blobs a page at a time, from run to run.</summary>
public static class BlobPages
{
    private const int PageSize = 1_000;

    /// <summary>The blobs of the page at <paramref name="position"/>, and where the next page begins; null when this was the last.</summary>
    public static async Task<(IReadOnlyList<BlobItem> Blobs, string? Next)> ReadAsync(
        BlobContainerClient container, string? position, CancellationToken cancellationToken)
    {
        await foreach (var page in container.GetBlobsAsync(cancellationToken: cancellationToken).AsPages(position, PageSize))
            return (page.Values, page.ContinuationToken is { Length: > 0 } next ? next : null);
        return ([], null);
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TikTok.Local.Storage;

/// <summary>
/// Reads from a request and its answer which event it is (Blob and Queue service REST API: Put Blob, Copy Blob, Put Block List,
/// Delete Blob; Put Message, Update Message). Paths are <c>/account/container/blob</c> and <c>/account/queue/messages[/id]</c>.
/// </summary>
internal static class StorageOperation
{
    /// <summary>The event of a request to the blob service; null when it is none.</summary>
    public static StorageEvent? OfBlob(HttpRequest request, HttpResponse response)
    {
        if (response.StatusCode is < 200 or > 299 || Segments(request, 3) is not [_, var container, { Length: > 0 } name])
        {
            return null;
        }

        var operation = request.Query["comp"].ToString();
        if (request.Method == HttpMethods.Put && operation is "" or "blocklist")
        {
            var put = operation.Length == 0 && !request.Headers.ContainsKey("x-ms-copy-source");
            return new StorageEvent(
                StorageEventType.BlobCreated, container, name, ETag: response.Headers.ETag, Length: put ? request.ContentLength : null);
        }

        return request.Method == HttpMethods.Delete && operation.Length == 0 && !request.Query.ContainsKey("snapshot")
            && request.Headers["x-ms-delete-snapshots"] != "only"
            ? new StorageEvent(StorageEventType.BlobDeleted, container, name)
            : null;
    }

    /// <summary>The event of a request to the queue service; null when it is none.</summary>
    public static StorageEvent? OfQueue(HttpRequest request, HttpResponse response, DateTimeOffset now)
    {
        if (response.StatusCode is < 200 or > 299 || Segments(request, 4) is not [_, var queue, "messages", ..] segments)
        {
            return null;
        }

        var put = request.Method == HttpMethods.Post && segments.Length == 3;
        var updated = request.Method == HttpMethods.Put && segments.Length == 4;
        return put || updated
            ? new StorageEvent(StorageEventType.MessagePut, Queue: queue, VisibleAt: now + Visibility(request))
            : null;
    }

    // From the target as it was sent: in the decoded path an escaped slash could no longer be told from an escaped percent sign.
    private static string[] Segments(HttpRequest request, int most)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return [.. target.Split('?')[0].TrimStart('/').Split('/', most).Select(Uri.UnescapeDataString)];
    }

    private static TimeSpan Visibility(HttpRequest request) =>
        int.TryParse(request.Query["visibilitytimeout"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.Zero;
}

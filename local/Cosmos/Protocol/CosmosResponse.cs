using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.Local.Cosmos.Protocol;

/// <summary>An answer, complete before its first byte is sent, so that a fault can drop it after the work is done.</summary>
internal sealed record CosmosResponse(int Status, ReadOnlyMemory<byte> Body = default)
{

    public string ContentType { get; init; } = "application/json";

    public double RequestCharge { get; init; } = 1;

    public int SubStatus { get; init; }

    public int? RetryAfterMilliseconds { get; init; }

    public string? ETag { get; init; }

    public string? Continuation { get; init; }

    public int? ItemCount { get; init; }

    /// <summary>The container that was read or written; gives the session token and the owner headers.</summary>
    public ContainerState? Container { get; init; }

    /// <summary>The log sequence number that the answer reflects.</summary>
    public long Lsn { get; init; }

    /// <summary>The answer may be sent once the journal is durable up to here.</summary>
    public long JournalPosition { get; init; }

    public static CosmosResponse Json(JsonElement element, int status = StatusCodes.Status200OK) =>
        new(status, System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element).ToArray())
        {
            ETag = element.TryGetProperty("_etag", out var etag) ? etag.GetString() : null,
        };

    public static CosmosResponse From(CosmosFailure failure, ContainerState? container = null, long lsn = 0, long journalPosition = 0) =>
        new(failure.Status, failure.Status == StatusCodes.Status304NotModified ? default : ErrorBody(failure))
        {
            SubStatus = failure.SubStatus,
            RetryAfterMilliseconds = failure.RetryAfterMilliseconds,
            ETag = failure.ETag,
            Container = container,
            Lsn = lsn,
            JournalPosition = journalPosition,
        };

    public ValueTask WriteAsync(HttpResponse response, string activityId, CancellationToken cancellationToken)
    {
        response.StatusCode = Status;
        var headers = response.Headers;
        headers[CosmosHeaders.ActivityId] = activityId;
        headers[CosmosHeaders.RequestCharge] = RequestCharge.ToString("0.##", CultureInfo.InvariantCulture);
        headers["x-ms-serviceversion"] = "version=2.14.0.0";
        headers["x-ms-gatewayversion"] = "version=2.14.0";
        if (SubStatus != 0)
            headers[CosmosHeaders.SubStatus] = SubStatus.ToString(CultureInfo.InvariantCulture);
        if (RetryAfterMilliseconds is { } wait)
            headers[CosmosHeaders.RetryAfter] = wait.ToString(CultureInfo.InvariantCulture);
        if (ETag is not null)
            headers.ETag = ETag;
        if (Continuation is not null)
            headers[CosmosHeaders.Continuation] = Continuation;
        if (ItemCount is { } count)
            headers[CosmosHeaders.ItemCount] = count.ToString(CultureInfo.InvariantCulture);
        if (Container is not null)
            WriteContainerHeaders(headers, Container);
        if (Body.IsEmpty)
        {
            if (Status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified))
                response.ContentLength = 0;
            return ValueTask.CompletedTask;
        }

        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        return response.Body.WriteAsync(Body, cancellationToken);
    }

    private static byte[] ErrorBody(CosmosFailure failure) =>
        JsonSerializer.SerializeToUtf8Bytes(new { code = failure.Code, message = failure.Message });

    private void WriteContainerHeaders(IHeaderDictionary headers, ContainerState container)
    {
        var lsn = Lsn.ToString(CultureInfo.InvariantCulture);
        headers[CosmosHeaders.SessionToken] = $"0:-1#{lsn}";
        headers[CosmosHeaders.Lsn] = lsn;
        headers["x-ms-cosmos-llsn"] = lsn;
        headers["x-ms-global-committed-lsn"] = lsn;
        headers["x-ms-quorum-acked-lsn"] = lsn;
        headers[CosmosHeaders.PartitionKeyRangeId] = "0";
        headers[CosmosHeaders.OwnerId] = container.Rid;

        // Header values are ASCII; a name with other characters travels percent-encoded.
        headers[CosmosHeaders.OwnerFullName] = Ascii.IsValid(container.FullName) ? container.FullName : Uri.EscapeDataString(container.FullName);
    }
}

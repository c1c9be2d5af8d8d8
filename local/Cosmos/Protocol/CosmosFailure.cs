namespace TikTok.Local.Cosmos.Protocol;

/// <summary>An answer other than success, with the status, sub-status and wording by which clients tell failures apart.</summary>
internal sealed class CosmosFailure(int status, string code, string message, int subStatus = 0) : Exception(message)
{
    // Sub-status codes that the client acts on (Microsoft.Azure.Documents.SubStatusCodes).
    public const int PartitionKeyMismatch = 1001;
    public const int OwnerResourceNotFound = 1003;
    public const int IncorrectContainerRid = 1024;
    public const int RequestRateTooLarge = 3200;

    public int Status { get; } = status;

    public string Code { get; } = code;

    public int SubStatus { get; } = subStatus;

    /// <summary>Milliseconds for <c>x-ms-retry-after-ms</c>; null sends none.</summary>
    public int? RetryAfterMilliseconds { get; init; }

    /// <summary>The current ETag, which a 304 carries.</summary>
    public string? ETag { get; init; }

    public static CosmosFailure BadRequest(string message, int subStatus = 0) => new(400, "BadRequest", message, subStatus);

    public static CosmosFailure WrongPartitionKey() => BadRequest(
        "PartitionKey extracted from document doesn't match the one specified in the header.", PartitionKeyMismatch);

    public static CosmosFailure NotFound() => new(404, "NotFound", "Entity with the specified id does not exist in the system.");

    public static CosmosFailure OwnerNotFound() => new(404, "NotFound", "Owner resource does not exist.", OwnerResourceNotFound);

    public static CosmosFailure MethodNotAllowed() => new(405, "MethodNotAllowed", "The requested verb is not supported.");

    public static CosmosFailure Conflict() => new(409, "Conflict", "Entity with the specified id already exists in the system.");

    public static CosmosFailure UniqueConflict() => new(409, "Conflict", "Unique index constraint violation.");

    public static CosmosFailure PreconditionFailed() => new(412, "PreconditionFailed", "One of the specified pre-condition is not met.");

    public static CosmosFailure NotModified(string etag) => new(304, "NotModified", "The resource has not been modified.") { ETag = etag };

    public static CosmosFailure TooLarge() => new(413, "RequestEntityTooLarge", "Request size is too large.");

    public static CosmosFailure FailedDependency() => new(424, "FailedDependency", "Another operation of the batch failed.");

    public static CosmosFailure Unauthorized() => new(
        401,
        "Unauthorized",
        "The input authorization token can't serve the request. The wrong key is being used or the expected payload is not built as per the protocol.");
}

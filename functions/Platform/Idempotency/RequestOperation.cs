using Microsoft.AspNetCore.Http;

namespace TikTok.Functions.Platform;

/// <summary>What a request with an <c>Idempotency-Key</c> does, under one name for all its repetitions: a digest of caller, route and key.</summary>
/// <remarks>
/// The middleware answers a repetition itself unless the first died before its answer was kept. What must not happen twice even then is recorded under
/// this name in the transaction that does it.
/// </remarks>
public sealed record RequestOperation(string Id);

public static class RequestOperationExtensions
{
    /// <summary>null when the request carries no key.</summary>
    public static string? FindOperationId(this HttpRequest request) => request.HttpContext.Features.Get<RequestOperation>()?.Id;
}

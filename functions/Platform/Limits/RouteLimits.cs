using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace TikTok.Functions.Platform;

/// <summary>Finds the bucket of a request, and says in the answer how it stands.</summary>
/// <remarks>The header fields are those of draft-ietf-httpapi-ratelimit-headers-10: <c>t</c> is when the whole quota is back.</remarks>
public sealed class RouteLimits(RateLimits table, RateLimiter limiter)
{
    internal const string PolicyHeader = "RateLimit-Policy";
    internal const string LimitHeader = "RateLimit";

    private const int NetworkBytes = 8;

    /// <exception cref="ProblemException">429: there is no token.</exception>
    internal async ValueTask<Taken> TakeAsync(HttpContext http, RouteClass routeClass)
    {
        var caller = http.Request.FindCaller();
        var row = table.Row(routeClass);
        var subject = row.Subject == RateSubject.User && caller is not null ? caller.UserId : SubjectOf(http.Request.ClientAddress());
        var decision = await limiter.TakeAsync(table.For(routeClass, caller?.Role), subject);
        Announce(http.Response.Headers, decision);
        return decision.IsAllowed ? new Taken(decision.Limit, subject, row.CountsRefusals) : throw Problems.TooManyRequests(decision.RetryAfter);
    }

    internal void Return(Taken taken)
    {
        if (!taken.CountsRefusals) limiter.Return(taken.Limit, taken.Subject);
    }

    /// <summary>Of IPv6 the network counts, for one customer has all of its addresses.</summary>
    internal static string SubjectOf(IPAddress? address)
    {
        var bytes = address?.GetAddressBytes() ?? [];
        return Convert.ToHexString(address?.AddressFamily == AddressFamily.InterNetworkV6 ? bytes.AsSpan(0, NetworkBytes) : bytes);
    }

    private static void Announce(IHeaderDictionary headers, in RateDecision decision)
    {
        var state = string.Create(CultureInfo.InvariantCulture, $"\"{decision.Limit.Name}\";r={decision.Left};t={decision.SecondsToFull}");
        headers[LimitHeader] = headers.TryGetValue(LimitHeader, out var others) ? $"{others}, {state}" : state;
        headers[PolicyHeader] = headers.TryGetValue(PolicyHeader, out var policies) ? $"{policies}, {decision.Limit.Policy}" : decision.Limit.Policy;
    }

    internal readonly record struct Taken(RateLimit Limit, string Subject, bool CountsRefusals);

    internal sealed record NothingNew;
}

public static class RouteLimitRequestExtensions
{
    private static readonly RouteLimits.NothingNew NothingNew = new();

    /// <summary>Says that the call only repeated what had been counted before, so that it is not counted again.</summary>
    public static void DoNotCount(this HttpRequest request) => request.HttpContext.Features.Set(NothingNew);
}

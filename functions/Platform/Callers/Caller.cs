using Microsoft.AspNetCore.Http;
using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>Who a request's access token speaks for. Role and name are as of the token's issue, at most 15 minutes ago.</summary>
public sealed record Caller(string UserId, string Username, Role Role, AccountType AccountType)
{
    /// <summary>The session that the token was issued in. It may have ended since.</summary>
    public string SessionId { get; init; } = "";
}

/// <summary>Marks an HTTP function that answers without an access token. All others are refused before they run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenAttribute : Attribute;

public static class CallerRequestExtensions
{
    /// <exception cref="ProblemException">401: the request carries no valid access token.</exception>
    public static Caller RequireCaller(this HttpRequest request) =>
        request.FindCaller() ?? throw Problems.Unauthorized("This call needs a valid access token.");

    /// <summary>The caller, or null when the request is anonymous: only an <see cref="OpenAttribute"/> function ever sees null.</summary>
    public static Caller? FindCaller(this HttpRequest request) => request.HttpContext.Features.Get<Caller>();
}

namespace TikTok.Functions.Platform;

/// <summary>What is counted together. The figures are in <see cref="RateLimits"/>.</summary>
public enum RouteClass
{
    /// <summary>Every request of someone signed in.</summary>
    Requests,

    /// <summary>Every request without an access token, by the address it came from.</summary>
    AnonymousRequests,
    Registrations,

    /// <summary>Logins and token refreshes.</summary>
    SignIns,
    Uploads,
    Follows,
    Likes,
    Comments,
    Shares,
    WatchEvents,
}

/// <summary>An HTTP function whose calls are counted in a class of their own, besides being requests like all others.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LimitedAttribute(RouteClass routeClass) : Attribute
{
    public RouteClass Class { get; } = routeClass;
}

using Microsoft.AspNetCore.Http;
using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>The problems that all features share. A feature's own types go through <see cref="Conflict"/> or <see cref="Of"/>.</summary>
public static class Problems
{
    /// <param name="what">The missing thing in a word: <c>video</c>.</param>
    public static ProblemException NotFound(string what) =>
        Of(StatusCodes.Status404NotFound, "/problems/not-found", "Not found", $"There is no such {what}.");

    public static ProblemException Unauthorized(string why) =>
        Of(StatusCodes.Status401Unauthorized, "/problems/unauthorized", "Authentication required", why);

    /// <summary>The caller's role is below the one that the function asks for.</summary>
    public static ProblemException RoleRequired(Role least) => Of(
        StatusCodes.Status403Forbidden, "/problems/role-required", "Role required", $"This call is for the role {RouteRoles.NameOf(least)} and those above it.");

    public static ProblemException Forbidden(string why) => Of(StatusCodes.Status403Forbidden, "/problems/forbidden", "Forbidden", why);

    /// <summary>One field is at fault, for one or more reasons.</summary>
    public static ProblemException Invalid(string field, params string[] why) =>
        Invalid(new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [field] = why });

    public static ProblemException Invalid(IReadOnlyDictionary<string, IReadOnlyList<string>> errors) => new(new Problem(
        "/problems/invalid", "Invalid request", StatusCodes.Status400BadRequest, "See errors for what is wrong with which field.")
    { Errors = errors });

    /// <summary>The request could not be understood at all.</summary>
    public static ProblemException Malformed(string why) => Of(StatusCodes.Status400BadRequest, "/problems/malformed", "Malformed request", why);

    public static ProblemException Conflict(string type, string title, string detail) => Of(StatusCodes.Status409Conflict, type, title, detail);

    public static ProblemException TooLarge(long limitBytes) => Of(
        StatusCodes.Status413PayloadTooLarge, "/problems/too-large", "Request too large", $"The limit is {limitBytes} bytes.");

    public static ProblemException UnsupportedMediaType(string why) =>
        Of(StatusCodes.Status415UnsupportedMediaType, "/problems/unsupported-media-type", "Unsupported media type", why);

    /// <summary>The body did not come in time.</summary>
    public static ProblemException RequestTimeout() => Of(
        StatusCodes.Status408RequestTimeout, "/problems/request-timeout", "Request timeout", "The body took too long to arrive.");

    public static ProblemException TooManyRequests(TimeSpan retryAfter) => new(new Problem(
        "/problems/too-many-requests", "Too many requests", StatusCodes.Status429TooManyRequests)
    { RetryAfter = retryAfter });

    /// <summary>Something this service depends on does not answer; the same request may succeed later.</summary>
    public static ProblemException Unavailable(TimeSpan retryAfter) => new(new Problem(
        "/problems/unavailable", "Temporarily unavailable", StatusCodes.Status503ServiceUnavailable)
    { RetryAfter = retryAfter });

    public static ProblemException Of(int status, string type, string title, string? detail = null) => new(new Problem(type, title, status, detail));
}

using System.Text.Json.Serialization;

namespace TikTok.Functions.Platform;

/// <summary>An error answer: RFC 9457 problem details.</summary>
/// <param name="Type">A stable URI reference that names the kind of problem, <c>/problems/not-found</c>; what clients decide on.</param>
/// <param name="Title">The same words for every problem of this type.</param>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Detail">Words for this occurrence.</param>
public sealed record Problem(string Type, string Title, int Status, string? Detail = null)
{
    /// <summary>What is wrong, by field: <c>title</c>, <c>events[3].videoId</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>The W3C trace id under which the logs tell more.</summary>
    public string? TraceId { get; init; }

    /// <summary>Sent as <c>Retry-After</c>, in whole seconds rounded up.</summary>
    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>Ends a request with a problem document. Thrown anywhere below <see cref="ProblemMiddleware"/>; made by <see cref="Problems"/>.</summary>
public sealed class ProblemException(Problem problem) : Exception($"{problem.Status} {problem.Type} {problem.Detail}")
{
    public Problem Problem { get; } = problem;
}

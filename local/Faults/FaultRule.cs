using System.IO.Enumeration;

namespace TikTok.Local.Faults;

/// <summary>When a failed request is cut off.</summary>
public enum FaultDrop
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Before the service sees it.</summary>
    Before,

    /// <summary>After the service has done it, so that only the answer is lost.</summary>
    After,
}

/// <summary>One way for an emulator to fail, as tests ask for it.</summary>
/// <param name="Method">The HTTP method it applies to; null for all.</param>
/// <param name="Path">The path it applies to, where <c>*</c> stands for anything; null for all.</param>
/// <param name="Query">A piece of the query string, such as <c>comp=block</c>; null for any.</param>
/// <param name="Status">Answer with this status (429, 503, …) instead of doing the request; null does it.</param>
/// <param name="RetryAfterSeconds">Sent as <c>Retry-After</c> with the status; null sends none.</param>
/// <param name="DelayMs">Wait this long first.</param>
/// <param name="Drop">Cut the connection, before or after the request is done.</param>
/// <param name="Count">Fail this many times, then no more; null is for ever.</param>
/// <param name="Probability">Of each matching request, 0 to 1.</param>
public sealed record FaultRule(
    string? Method = null,
    string? Path = null,
    string? Query = null,
    int? Status = null,
    int? RetryAfterSeconds = null,
    int DelayMs = 0,
    FaultDrop Drop = FaultDrop.None,
    int? Count = null,
    double Probability = 1)
{
    /// <summary>Whether the rule is about such a request.</summary>
    public bool Matches(string method, string path, string query) =>
        (Method is null || string.Equals(Method, method, StringComparison.OrdinalIgnoreCase))
        && (Path is null || FileSystemName.MatchesSimpleExpression(Path, path))
        && (Query is null || query.Contains(Query, StringComparison.OrdinalIgnoreCase));
}

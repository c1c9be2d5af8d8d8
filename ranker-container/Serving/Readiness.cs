using Microsoft.AspNetCore.Http.HttpResults;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Serving;

/// <summary>Something that must be there before the first request.</summary>
/// <param name="Name">In words, as <c>GET /ready</c> lists it.</param>
public sealed record ReadinessPart(string Name, Func<bool> IsReady);

public sealed class Readiness(IEnumerable<ReadinessPart> parts)
{
    private readonly ReadinessPart[] _parts = [.. parts];

    public ReadinessAnswer Now(int videos)
    {
        var waiting = _parts.Where(part => !part.IsReady()).Select(part => part.Name).ToList();
        return new ReadinessAnswer(waiting.Count == 0 ? ReadinessAnswer.Ready : "warming", waiting, videos);
    }
}

public static class ReadinessEndpoint
{
    /// <summary>200 when there is nothing left to load or to catch up with, 503 before: a server that has not got there must get no traffic.</summary>
    public static void MapReadiness(this WebApplication app) => app.MapGet("/ready", Ready);

    private static Results<Ok<ReadinessAnswer>, JsonHttpResult<ReadinessAnswer>> Ready(Readiness readiness, VideoTable videos)
    {
        var answer = readiness.Now(videos.Count);
        return answer.Status == ReadinessAnswer.Ready ? TypedResults.Ok(answer) : TypedResults.Json(answer, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}

/// <param name="Waiting">What is not there yet.</param>
/// <param name="Videos">How many it knows.</param>
public sealed record ReadinessAnswer(string Status, IReadOnlyList<string> Waiting, int Videos)
{
    public const string Ready = "ready";
}

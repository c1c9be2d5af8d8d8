using Microsoft.AspNetCore.Http.HttpResults;
using TikTok.Core.Ranking;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;

namespace TikTok.Ranker.Serving;

/// <summary>The container's HTTP surface. It has internal ingress only: the functions are its one caller.</summary>
public static class RankEndpoints
{
    public static void MapRank(this WebApplication app)
    {
        app.MapPost("/rank", Rank);
        app.MapGet("/health", Health);
    }

    private static Results<Ok<RankResponse>, ProblemHttpResult> Rank(RankRequest request, TrendingAndRecentRanker ranker) =>
        request switch
        {
            { UserId: not { Length: > 0 } } => Bad("userId must be given."),
            { Count: < 1 or > 100 } => Bad("count must be 1 to 100."),
            { Exclude.Count: > 5_000 } => Bad("exclude must have at most 5,000 ids."),
            { DeadlineMs: < 1 or > 1_000 } => Bad("deadlineMs must be 1 to 1000."),
            _ => TypedResults.Ok(ranker.Rank(request)),
        };

    /// <summary>200 when the catalogue is warm, 503 before: a container that has not read its feed must get no traffic.</summary>
    private static Results<Ok<Readiness>, JsonHttpResult<Readiness>> Health(CatalogueFeed feed, Catalogue catalogue) =>
        feed.IsReady
            ? TypedResults.Ok(new Readiness("healthy", catalogue.Count))
            : TypedResults.Json(new Readiness("warming", catalogue.Count), statusCode: StatusCodes.Status503ServiceUnavailable);

    private static ProblemHttpResult Bad(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    public sealed record Readiness(string Status, int Videos);
}

using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core.Documents;
using TikTok.Functions.Analytics.Projections;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Analytics.Creators;

/// <summary>Creators' statistics, seconds behind what happens.</summary>
public sealed class CreatorStatsFunctions(CreatorStatsStore store, ProjectionStateStore states, VisibleVideos videos, TimeProvider time)
{
    /// <summary>Of all of the caller's videos, those deleted since included, and of their followers.</summary>
    [Function("GetCreatorStatistics"), Answers<CreatorStatsAnswer>]
    [Query("from", typeof(DateTimeOffset), About = StatsRange.AboutFrom), Query("to", typeof(DateTimeOffset), About = StatsRange.AboutTo)]
    [Query("granularity", typeof(Granularity), About = StatsRange.AboutGranularity)]
    public Task<IResult> GetOwnAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "analytics/creator")] HttpRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(request, request.RequireCaller().UserId, CreatorDay.All, cancellationToken);

    /// <summary>Of one video: to its creator, and to moderators.</summary>
    [Function("GetVideoStatistics"), Answers<CreatorStatsAnswer>]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/forbidden")]
    [Query("from", typeof(DateTimeOffset), About = StatsRange.AboutFrom), Query("to", typeof(DateTimeOffset), About = StatsRange.AboutTo)]
    [Query("granularity", typeof(Granularity), About = StatsRange.AboutGranularity)]
    public async Task<IResult> GetOfVideoAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "analytics/videos/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var video = await videos.FindAsync(id, caller, cancellationToken);
        if (!VideoAccess.IsOwner(video, caller) && caller.Role < Role.Moderator) throw Problems.Forbidden("Only its creator may see a video's statistics.");
        return await AnswerAsync(request, video.UserId, video.VideoId, cancellationToken);
    }

    private async Task<IResult> AnswerAsync(HttpRequest request, string userId, string scope, CancellationToken cancellationToken)
    {
        var range = StatsRange.Read(request, time.GetUtcNow());
        var (first, last) = (DateOnly.FromDateTime(range.From.UtcDateTime), DateOnly.FromDateTime(range.To.AddTicks(-1).UtcDateTime));
        var days = await store.ListAsync(userId, scope, first, last, cancellationToken);
        return Answers.Ok(CreatorStatsAnswer.Of(range, days, Generations.Shown(await states.ReadAsync(cancellationToken))));
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using TikTok.Functions.Videos.Processing;
using TikTok.Functions.Videos.Upload;

namespace TikTok.Functions.Videos;

/// <summary>Reading, changing and deleting videos.</summary>
public sealed class VideoFunctions(
    VisibleVideos visible, AccountStore accounts, RelationStore relations, VideoStore videos, UserVideoStore userVideos, LikeStore likes, VideoPipeline pipeline,
    MediaUrls media, Cursor cursor)
{
    [Function("GetVideo"), Answers<VideoAnswer>]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "videos/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var video = await visible.FindAsync(id, caller, cancellationToken);
        return Answers.Ok((await AnswerAsync([video], request, caller, cancellationToken))[0]);
    }

    [Function("GetVideoStatus"), Answers<VideoStatusAnswer>]
    public async Task<IResult> GetStatusAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "videos/{id}/status")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var video = await visible.FindAsync(id, request.RequireCaller(), cancellationToken);
        var links = await media.ForAsync(video, request, cancellationToken);
        return Answers.Ok(new VideoStatusAnswer(video.VideoId, video.Status, video.Progress, video.Reason, links.Urls, links.Thumbnails));
    }

    [Function("EditVideo"), Asks<UploadCompleteRequest>, Answers<VideoAnswer>]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/forbidden")]
    public async Task<IResult> EditAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "videos/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var body = await request.ReadJsonAsync<UploadCompleteRequest>(cancellationToken);
        await FindOwnAsync(id, caller, cancellationToken);
        var edited = await pipeline.ChangeAsync(
            id,
            v => v.Status == VideoStatus.Deleted ? null : VideoWordsValidation.ReadEdit(body, v).ApplyTo(v),
            cancellationToken);
        if (edited is null or { Status: VideoStatus.Deleted }) throw Problems.NotFound("video");
        return Answers.Ok((await AnswerAsync([edited], request, caller, cancellationToken))[0]);
    }

    [Function("DeleteVideo"), AnswersNothing]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/forbidden")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "videos/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        await FindOwnAsync(id, request.RequireCaller(), cancellationToken);
        await pipeline.ChangeAsync(id, VideoTransitions.Delete, cancellationToken);
        return Answers.NoContent();
    }

    /// <summary>A creator's videos, newest first: to themselves and moderators in every state, to others what plays and is for them.</summary>
    [Function("ListUserVideos"), Answers<Page<VideoAnswer>>, Query("limit", typeof(int)), Query("cursor")]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/forbidden")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{id}/videos")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var (audience, relation) = await AudienceAsync(id, caller, cancellationToken);
        var list = $"userVideos:{id}";
        var limit = request.ReadLimit();
        var after = request.ReadCursor<ListPosition>(cursor, list)?.SortKey;

        // One more than is shown tells whether there is another page.
        var read = await userVideos.ListAsync(id, after, audience, limit + 1, cancellationToken);
        var rows = read.Take(limit).ToList();
        var found = await videos.FindManyAsync([.. rows.Select(r => r.VideoId)], cancellationToken);

        // The list follows the videos by a moment; the videos themselves have the last word.
        var items = await AnswerAsync([.. found.Where(v => VideoAccess.MaySee(v, caller, relation))], request, caller, cancellationToken);
        return Answers.Ok(new Page<VideoAnswer>(items, read.Count <= limit ? null : cursor.Encode(list, new ListPosition(rows[^1].SortKey))));
    }

    /// <summary>Decided on the account itself: a creator who becomes private is so here at once, while the videos' copies follow.</summary>
    private async Task<(VideoAudience Audience, Relation Relation)> AudienceAsync(string userId, Caller caller, CancellationToken cancellationToken)
    {
        if (userId == caller.UserId) return (VideoAudience.Owner, Relation.None);
        if (!Id.IsValid(userId)) throw Problems.NotFound("user");
        var relating = relations.FindAsync(caller.UserId, userId, cancellationToken);
        var account = await accounts.FindAsync(userId, cancellationToken);
        var relation = await relating;
        if (account is null) throw Problems.NotFound("user");
        if (caller.Role >= Role.Moderator) return (VideoAudience.Owner, relation);
        if (relation.IsBlocked) throw Problems.NotFound("user");
        if (account.Private && !relation.Following) throw Problems.Forbidden("This account is private: its videos are for its followers.");
        return (relation.Following ? VideoAudience.Followers : VideoAudience.Everyone, relation);
    }

    /// <summary>To those who may see it, that it is not theirs to change is no secret.</summary>
    private async Task<Video> FindOwnAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        var video = await visible.FindAsync(id, caller, cancellationToken);
        return VideoAccess.IsOwner(video, caller) ? video : throw Problems.Forbidden("Only its creator may change a video.");
    }

    private async Task<IReadOnlyList<VideoAnswer>> AnswerAsync(
        IReadOnlyList<Video> found, HttpRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var liked = await likes.FindLikedAsync(caller.UserId, [.. found.Select(v => v.VideoId)], cancellationToken);
        var answers = new List<VideoAnswer>(found.Count);
        foreach (var video in found)
            answers.Add(VideoAnswer.From(video, await media.ForAsync(video, request, cancellationToken), liked.Contains(video.VideoId)));
        return answers;
    }

    private sealed record ListPosition(string SortKey);
}

/// <param name="Progress">Percent of the encoding.</param>
/// <param name="Reason">Why it failed, if it did.</param>
public sealed record VideoStatusAnswer(
    string VideoId, VideoStatus Status, int Progress, string? Reason, IReadOnlyDictionary<string, string> Urls, IReadOnlyList<string> Thumbnails);

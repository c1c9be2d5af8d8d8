using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core.Cosmos;
using TikTok.Functions.Analytics.Projections;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Analytics.History;

public sealed class HistoryFunctions(
    WatchStore watches, ProjectionStateStore states, VideoStore videos, RelationStore relations, LikeStore likes, MediaUrls media, Cursor cursor)
{
    /// <summary>What the caller watched, last watched first. What they may not see any more is left out.</summary>
    [Function("ListHistory"), Answers<Page<HistoryItem>>, Query("limit", typeof(int)), Query("cursor")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/me/history")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var list = $"history:{caller.UserId}";
        var limit = request.ReadLimit();
        var after = request.ReadCursor<HistoryPosition>(cursor, list)?.SortKey;
        var generations = Generations.Shown(await states.ReadAsync(cancellationToken));

        // One more than is shown tells whether there is another page.
        var read = await watches.ListAsync(caller.UserId, after, limit + 1, cancellationToken);
        var rows = read.Take(limit).ToList();
        var ids = rows.Select(r => r.VideoId).ToList();
        var liking = likes.FindLikedAsync(caller.UserId, ids, cancellationToken);
        var found = await videos.FindManyAsync(ids, cancellationToken);
        var related = await relations.FindManyAsync(caller.UserId, [.. found.Select(v => v.UserId)], cancellationToken);
        var liked = await liking;
        var visible = found.Where(v => VideoAccess.MaySee(v, caller, related.GetValueOrDefault(v.UserId, Relation.None))).ToDictionary(v => v.VideoId, StringComparer.Ordinal);

        var items = new List<HistoryItem>(rows.Count);
        foreach (var row in rows)
        {
            if (!visible.TryGetValue(row.VideoId, out var video)) continue;
            var summary = WatchLedger.Summarize(row, generations);
            var answer = VideoAnswer.From(video, await media.ForAsync(video, request, cancellationToken), liked.Contains(row.VideoId));
            items.Add(new HistoryItem(answer, row.LastWatchedAt, summary.Times, summary.WatchedMs, summary.Completion));
        }
        return Answers.Ok(new Page<HistoryItem>(items, read.Count <= limit ? null : cursor.Encode(list, new HistoryPosition(rows[^1].SortKey))));
    }

    private sealed record HistoryPosition(string SortKey);
}

/// <param name="Times">How often, within 90 days.</param>
/// <param name="WatchedMs">For how long altogether.</param>
/// <param name="Completion">The largest share that was watched in one go, 0 to 1.</param>
public sealed record HistoryItem(VideoAnswer Video, DateTimeOffset LastWatchedAt, int Times, long WatchedMs, double Completion);

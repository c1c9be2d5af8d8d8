using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Analytics.Trending;

public sealed class TrendingFunctions(
    TrendRanking ranking, VideoStore videos, RelationStore relations, LikeStore likes, MediaUrls media, Cursor cursor)
{
    private const string Kinds = "must be videos, hashtags or sounds";

    /// <summary>What trends, highest first: at most 200 of a kind. The list goes on changing while it is paged through.</summary>
    [Function("ListTrending"), Answers<Page<TrendingItem>>, Query("type", typeof(TrendKind), About = "`videos` unless given."), Query("limit", typeof(int)), Query("cursor")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "trending")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var kind = ReadKind(request);
        var list = $"trending:{kind}";
        var limit = request.ReadLimit();
        var skip = request.ReadCursor<TrendingPosition>(cursor, list)?.Rank ?? 0;

        var trends = await ranking.TopAsync(kind, cancellationToken);
        var page = trends.Skip(skip).Take(limit).ToList();
        var items = kind == TrendKind.Videos ? await VideosAsync(page, request, caller, cancellationToken) : [.. page.Select(t => ItemOf(kind, t))];
        var next = skip + limit < trends.Count ? cursor.Encode(list, new TrendingPosition(skip + limit)) : null;
        return Answers.Ok(new Page<TrendingItem>(items, next));
    }

    /// <summary>
    /// The ranking may be seconds behind, and knows nobody's relations: what has been deleted or hidden since, or is of whom the caller mutes or a block
    /// hides, is left out here.
    /// </summary>
    private async Task<IReadOnlyList<TrendingItem>> VideosAsync(
        IReadOnlyList<Trend> page, HttpRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var ids = page.Select(t => t.Item).ToList();
        var liking = likes.FindLikedAsync(caller.UserId, ids, cancellationToken);
        var found = await videos.FindManyAsync(ids, cancellationToken);
        var related = await relations.FindManyAsync(caller.UserId, [.. found.Select(v => v.UserId)], cancellationToken);
        var liked = await liking;
        var listed = found.Where(v => v.IsListed && related.GetValueOrDefault(v.UserId, Relation.None) is { IsBlocked: false, Muting: false })
            .ToDictionary(v => v.VideoId, StringComparer.Ordinal);
        var items = new List<TrendingItem>(page.Count);
        foreach (var trend in page)
        {
            if (!listed.TryGetValue(trend.Item, out var video)) continue;
            var answer = VideoAnswer.From(video, await media.ForAsync(video, request, cancellationToken), liked.Contains(video.VideoId));
            items.Add(new TrendingItem(trend.Score, Video: answer));
        }
        return items;
    }

    private static TrendingItem ItemOf(TrendKind kind, Trend trend) =>
        kind == TrendKind.Hashtags ? new TrendingItem(trend.Score, Hashtag: trend.Item) : new TrendingItem(trend.Score, Sound: trend.Item);

    private static TrendKind ReadKind(HttpRequest request) => (request.Query["type"] is { Count: > 0 } values ? values.ToString() : "videos") switch
    {
        "videos" => TrendKind.Videos,
        "hashtags" => TrendKind.Hashtags,
        "sounds" => TrendKind.Sounds,
        _ => throw Problems.Invalid("type", Kinds),
    };

    private sealed record TrendingPosition(int Rank);
}

/// <summary>One of a video, a hashtag or a sound, as was asked for.</summary>
/// <param name="Score">Engagement as it weighs now: comparable within one kind.</param>
/// <param name="Hashtag">Without its sign.</param>
/// <param name="Sound">The sound's id.</param>
public sealed record TrendingItem(double Score, VideoAnswer? Video = null, string? Hashtag = null, string? Sound = null);

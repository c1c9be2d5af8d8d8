using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Social.Comments;

/// <summary>What one reader sees of some comments: without those of people that a block stands between, with the reader's likes and whom each reply answers.</summary>
public sealed class CommentViews(CommentStore comments, CommentLikeStore likes, RelationStore relations)
{
    /// <param name="found">Of one video, tombstones among them.</param>
    /// <returns>Of <paramref name="found"/>, what the caller sees, in that order, without replies.</returns>
    public async Task<IReadOnlyList<CommentAnswer>> ViewAsync(
        string videoId, IReadOnlyList<Comment> found, string? pinnedId, Caller caller, CancellationToken cancellationToken)
    {
        var answered = await FindAnsweredAsync(videoId, found, cancellationToken);
        var hidden = await FindHiddenAsync([.. found, .. answered.Values], caller, cancellationToken);
        var shown = found.Where(c => !IsHidden(c)).ToList();
        var liked = await likes.FindLikedAsync(caller.UserId, videoId, [.. shown.Where(c => c.Likes > 0).Select(c => c.Id)], cancellationToken);
        return [.. shown.Select(Answer)];

        bool IsHidden(Comment comment) => comment.UserId is { } author && hidden.Contains(author);

        CommentAnswer Answer(Comment comment) => new()
        {
            Id = comment.Id,
            VideoId = comment.VideoId,
            User = Author(comment),
            Text = comment.Text,
            ParentId = comment.ParentId,
            ReplyTo = comment.ParentId is { } parent && answered.TryGetValue(parent, out var other) && !IsHidden(other) ? Author(other) : null,
            LikeCount = comment.DeletedAt is null ? comment.Likes : 0,
            Liked = comment.DeletedAt is null && liked.Contains(comment.Id),
            ReplyCount = comment.Replies,
            Pinned = comment.DeletedAt is null && comment.Id == pinnedId,
            Deleted = comment.DeletedAt is not null,
            CreatedAt = comment.CreatedAt,
        };
    }

    private static CommentAuthor? Author(Comment comment) =>
        comment.UserId is { } userId ? new CommentAuthor(userId, comment.Username!, comment.Verified) : null;

    /// <summary>The replies that replies answer. Those on the page are known; the rest is read at once.</summary>
    private async Task<IReadOnlyDictionary<string, Comment>> FindAnsweredAsync(
        string videoId, IReadOnlyList<Comment> found, CancellationToken cancellationToken)
    {
        var byId = found.ToDictionary(c => c.Id, StringComparer.Ordinal);
        var wanted = found.Select(c => c.ParentId).OfType<string>().Where(id => CommentId.Parse(id) is { IsRoot: false }).ToHashSet(StringComparer.Ordinal);
        var others = await comments.FindManyAsync(videoId, [.. wanted.Where(id => !byId.ContainsKey(id))], cancellationToken);
        return byId.Concat(others).Where(c => wanted.Contains(c.Key)).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>The authors that the caller does not see.</summary>
    private async Task<IReadOnlySet<string>> FindHiddenAsync(IReadOnlyList<Comment> of, Caller caller, CancellationToken cancellationToken)
    {
        if (CommentAccess.SeesEverything(caller)) return new HashSet<string>(StringComparer.Ordinal);
        var authors = of.Select(c => c.UserId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var known = await relations.FindManyAsync(caller.UserId, authors, cancellationToken);
        return known.Where(other => other.Value.IsBlocked).Select(other => other.Key).ToHashSet(StringComparer.Ordinal);
    }
}

using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Social.Comments;

/// <summary>
/// Pages of a video's comment tree. A list begins with its lead, the pinned comment and, sorted by <see cref="CommentSort.Top"/>, the most liked, which is chosen
/// with the first page and travels in the cursor; after it come all others from the newest. So nothing of what was there at the beginning is lost or
/// shown twice, whatever is posted, liked or pinned meanwhile.
/// </summary>
public sealed class CommentPages(CommentStore comments, CommentViews views, Cursor cursor)
{
    /// <summary>How many replies come with each comment.</summary>
    public const int FirstReplies = 3;

    /// <summary>How many of the most liked lead: as many as a cursor carries within a URL.</summary>
    private const int MostLiked = 50;

    public static string ListOf(Video video, CommentSort sort) => $"comments:{video.VideoId}:{sort}";

    public static string RepliesOf(CommentId root) => $"replies:{root}";

    /// <param name="position">Where to go on; null to begin.</param>
    public async Task<Page<CommentAnswer>> ListAsync(
        Video video, CommentSort sort, CommentPosition? position, int limit, Caller caller, CancellationToken cancellationToken)
    {
        var section = await comments.FindSectionAsync(video.VideoId, cancellationToken);
        var place = position ?? new CommentPosition(await LeadAsync(video, sort, section, cancellationToken), 0, null);
        var (roots, next) = await ReadAsync(video.VideoId, place, limit, cancellationToken);

        // The numbers of the first replies are known, and so are their ids: one read fetches them for the whole page.
        var firstIds = roots.SelectMany(root => FirstIds(root).Select(id => id.ToString())).ToList();
        var firsts = (await comments.FindManyAsync(video.VideoId, firstIds, cancellationToken)).Values
            .Where(reply => reply.DeletedAt is null)
            .OrderBy(reply => reply.Id, StringComparer.Ordinal)
            .ToList();

        var seen = await views.ViewAsync(video.VideoId, [.. roots, .. firsts], section?.PinnedId, caller, cancellationToken);
        var replies = seen.Where(c => c.ParentId is not null).ToLookup(c => CommentId.Parse(c.Id)!.Value.Root);
        var counted = firsts.ToLookup(reply => CommentId.Parse(reply.Id)!.Value.Root);
        var items = seen.Where(c => c.ParentId is null).Select(root => WithReplies(root, counted, replies)).ToList();
        return new Page<CommentAnswer>(items, next is null ? null : cursor.Encode(ListOf(video, sort), next));
    }

    /// <param name="after">The number of the last reply seen, or 0 to begin.</param>
    public async Task<Page<CommentAnswer>> ListRepliesAsync(CommentId root, int after, int limit, Caller caller, CancellationToken cancellationToken)
    {
        // One more than is shown tells whether there is another page.
        var read = await comments.ListRepliesAsync(root, after, limit + 1, cancellationToken);
        var rows = read.Take(limit).ToList();
        var items = await views.ViewAsync(root.VideoId, rows, pinnedId: null, caller, cancellationToken);
        return new Page<CommentAnswer>(items, read.Count <= limit ? null : After(CommentId.Parse(rows[^1].Id)!.Value));
    }

    private async Task<IReadOnlyList<string>> LeadAsync(Video video, CommentSort sort, CommentSection? section, CancellationToken cancellationToken)
    {
        string[] pinned = section?.PinnedId is { } id ? [id] : [];
        var liked = sort == CommentSort.Top ? await comments.ListMostLikedAsync(video.VideoId, MostLiked, cancellationToken) : [];
        return [.. pinned.Concat(liked).Distinct(StringComparer.Ordinal).Select(root => CommentId.Parse(root)!.Value.Thread)];
    }

    private async Task<(IReadOnlyList<Comment> Roots, CommentPosition? Next)> ReadAsync(
        string videoId, CommentPosition place, int limit, CancellationToken cancellationToken)
    {
        var lead = place.Lead.Select(thread => new CommentId(videoId, thread, 0).ToString()).ToList();
        var leading = lead.Skip(place.Shown).Take(limit).ToList();
        var known = await comments.FindManyAsync(videoId, leading, cancellationToken);
        IEnumerable<Comment> first = leading.Where(known.ContainsKey).Select(id => known[id]).Where(c => c.IsShown);
        if (place.Shown + leading.Count < lead.Count) return ([.. first], place with { Shown = place.Shown + leading.Count });

        // One more than is shown tells whether there is another page.
        var space = limit - leading.Count;
        var read = await comments.ListRootsAsync(videoId, place.Before, lead, space + 1, cancellationToken);
        var rest = read.Take(space).ToList();
        return ([.. first, .. rest], read.Count <= space ? null : place with { Shown = lead.Count, Before = rest.Count > 0 ? rest[^1].Id : place.Before });
    }

    private static IEnumerable<CommentId> FirstIds(Comment root) =>
        Enumerable.Range(1, root.Replies == 0 ? 0 : Math.Min(FirstReplies, root.LastReply)).Select(CommentId.Parse(root.Id)!.Value.Reply);

    private CommentAnswer WithReplies(CommentAnswer root, ILookup<CommentId, Comment> counted, ILookup<CommentId, CommentAnswer> shown)
    {
        var id = CommentId.Parse(root.Id)!.Value;
        var next = root.ReplyCount > counted[id].Count() ? After(id.Reply(FirstReplies)) : null;
        return root with { Replies = new Page<CommentAnswer>([.. shown[id]], next) };
    }

    private string After(CommentId reply) => cursor.Encode(RepliesOf(reply.Root), new ReplyPosition(reply.Sequence));
}

/// <summary>A place in the list of comments.</summary>
/// <param name="Lead">The threads that come first.</param>
/// <param name="Shown">How many of them are behind.</param>
/// <param name="Before">The last one seen of the others; null when none is.</param>
public sealed record CommentPosition(IReadOnlyList<string> Lead, int Shown, string? Before);

/// <summary>A place in a thread.</summary>
/// <param name="After">The number of the last reply seen.</param>
public sealed record ReplyPosition(int After);

using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Functions.Feed;

/// <summary>What a person does that makes the page they were given last the wrong one to give them again.</summary>
public static class FeedSignals
{
    /// <summary>So many different videos skipped one after the other say that the page is not to this person's taste.</summary>
    public const int SkipsInARow = 3;

    /// <summary>One is enough: a like, a comment, a share, a follow, a video watched to its end.</summary>
    public static bool IsStrong(Interaction interaction) => interaction switch
    {
        { Type: InteractionType.Like or InteractionType.Comment or InteractionType.Share or InteractionType.Follow } => true,
        { Type: InteractionType.Watch, Watch: { } watch } => watch.IsFinished,
        _ => false,
    };

    /// <summary>
    /// The page with <paramref name="watches"/> taken into account, in whatever order and however often they come; <paramref name="page"/> itself when they say
    /// nothing new.
    /// </summary>
    /// <param name="watches">Of the page's person, none of them finished.</param>
    public static LatestPage After(LatestPage page, IReadOnlyCollection<Interaction> watches, DateTimeOffset now)
    {
        var watchedAt = watches.Where(w => !w.Watch!.IsSkipped).Select(w => w.At).Append(page.WatchedAt).Max();
        var skipped = page.Skipped.Concat(watches.Where(w => w.Watch!.IsSkipped).Select(w => new SkippedVideo(w.VideoId!, w.At)))
            .Where(s => s.At > watchedAt)
            .GroupBy(s => s.VideoId, StringComparer.Ordinal)
            .Select(video => video.MaxBy(s => s.At)!)
            .OrderBy(s => s.At).ThenBy(s => s.VideoId, StringComparer.Ordinal)
            .ToList();
        return watchedAt == page.WatchedAt && skipped.SequenceEqual(page.Skipped)
            ? page
            : page with { WatchedAt = watchedAt, Skipped = skipped, Ttl = Math.Max(1, (int)(page.GivenAt + LatestPage.Lifetime - now).TotalSeconds) };
    }

    /// <summary>Whether the page's person has skipped their way through it.</summary>
    public static bool IsSkipped(LatestPage page) => page.Skipped.Count >= SkipsInARow;
}

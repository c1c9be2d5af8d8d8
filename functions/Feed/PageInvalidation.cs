using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Functions.Feed;

/// <summary>
/// Forgets the pages of those who gave a signal since (<see cref="FeedSignals"/>). A page that was given after the signal is forgotten as well: the ranker may not
/// have heard of it either. What was forgotten once too often is ranked once too often, and nothing else.
/// </summary>
/// <remarks>
/// One request unit for every event that matters: a deletion that mostly finds nothing, or a read that mostly does. Events older than a page can be are passed
/// over, so that a reader that was away catches up at no cost.
/// </remarks>
public sealed class PageInvalidation(FeedSessionStore sessions, TimeProvider time)
{
    private const int ParallelPeople = 8;

    public Task ApplyAsync(IReadOnlyList<LoggedInteraction> events, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - LatestPage.Lifetime;
        var people = events.Select(e => e.Interaction)
            .Where(i => i.At > since && (FeedSignals.IsStrong(i) || i is { Type: InteractionType.Watch, Watch: not null, VideoId: not null }))
            .GroupBy(i => i.UserId, StringComparer.Ordinal);
        return Parallel.ForEachAsync(
            people,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelPeople, CancellationToken = cancellationToken },
            async (person, token) =>
            {
                if (person.Any(FeedSignals.IsStrong)) await sessions.ForgetLatestAsync(person.Key, token);
                else await CountAsync(person.Key, [.. person], token);
            });
    }

    private async Task CountAsync(string userId, IReadOnlyCollection<Interaction> watches, CancellationToken cancellationToken)
    {
        while (await sessions.FindLatestAsync(userId, cancellationToken) is { } page)
        {
            var next = FeedSignals.After(page, watches, time.GetUtcNow());
            if (ReferenceEquals(next, page)) return;
            if (FeedSignals.IsSkipped(next))
            {
                await sessions.ForgetLatestAsync(userId, cancellationToken);
                return;
            }
            if (await sessions.TryReplaceLatestAsync(next, cancellationToken)) return;
        }
    }
}

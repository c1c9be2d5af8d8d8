using System.Globalization;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics.Projections;

namespace TikTok.Functions.Analytics.Creators;

/// <summary>
/// Creators' statistics: every event is counted in the day of the creator and in the day of the video. Of a creator who is gone nothing is written, also when the
/// log is replayed.
/// </summary>
public sealed class CreatorStatistics(CreatorStatsStore store, VideoDirectory directory, AccountStore accounts) : IProjection
{
    private const int ParallelCreators = 8;

    public async Task ApplyAsync(IReadOnlyList<LoggedInteraction> events, Generations generations, CancellationToken cancellationToken)
    {
        var relevant = events.Where(e => TallyOf(e.Interaction) is not null).ToList();
        var videoIds = relevant.Select(e => e.Interaction.VideoId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var videos = await directory.FindAsync(videoIds, cancellationToken);
        var groups = relevant
            .Select(e => (Creator: CreatorOf(e.Interaction, videos), Event: e))
            .Where(e => e.Creator is not null)
            .GroupBy(e => (Creator: e.Creator!, Generation: generations.Of(e.Event.Interaction.At)), e => e.Event)
            .ToList();
        var existing = await accounts.FindExistingAsync([.. groups.Select(g => g.Key.Creator)], cancellationToken);
        await Parallel.ForEachAsync(
            groups.Where(g => existing.Contains(g.Key.Creator)),
            new ParallelOptions { MaxDegreeOfParallelism = ParallelCreators, CancellationToken = cancellationToken },
            async (group, token) => await store.AddAsync(group.Key.Creator, group.Key.Generation, [.. group], token));
    }

    /// <summary>What an event adds; null: nothing that is counted.</summary>
    public static Tally? TallyOf(Interaction interaction) => interaction switch
    {
        { Type: InteractionType.Watch, Watch: { } watch } => new Tally { Views = 1, WatchTimeMs = watch.WatchDurationMs, Reached = WatchCompletion.Curve(watch) },
        { Type: InteractionType.Like } => new Tally { Likes = 1 },
        { Type: InteractionType.Unlike } => new Tally { Likes = -1 },
        { Type: InteractionType.Comment } => new Tally { Comments = 1 },
        { Type: InteractionType.Share } => new Tally { Shares = 1 },
        { Type: InteractionType.Follow } => new Tally { Followers = 1 },
        { Type: InteractionType.Unfollow } => new Tally { Followers = -1 },
        _ => null,
    };

    /// <summary>The documents that an event is counted in.</summary>
    public static IEnumerable<string> DocumentsOf(Interaction interaction, int generation)
    {
        var day = DateOnly.FromDateTime(interaction.At.UtcDateTime);
        yield return IdOf(generation, CreatorDay.All, day);
        if (interaction.VideoId is { } videoId) yield return IdOf(generation, videoId, day);
    }

    /// <summary>The documents after <paramref name="events"/>.</summary>
    public static IReadOnlyDictionary<string, CreatorDay?> Add(
        string userId, int generation, IReadOnlyDictionary<string, CreatorDay> current, IReadOnlyList<LoggedInteraction> events)
    {
        var next = new Dictionary<string, CreatorDay?>(StringComparer.Ordinal);
        foreach (var interaction in events.Select(e => e.Interaction))
        {
            var at = interaction.At.UtcDateTime;
            foreach (var id in DocumentsOf(interaction, generation))
            {
                var day = next.GetValueOrDefault(id) ?? current.GetValueOrDefault(id) ?? new CreatorDay
                {
                    Id = id,
                    UserId = userId,
                    Generation = generation,
                    Scope = id.Split(':')[1],
                    Day = DateOnly.FromDateTime(at),
                };
                var hours = new SortedDictionary<int, Tally>(day.Hours.ToDictionary());
                hours[at.Hour] = hours.GetValueOrDefault(at.Hour, Tally.Zero) + TallyOf(interaction)!;
                next[id] = day with { Hours = hours };
            }
        }
        return next;
    }

    private static string IdOf(int generation, string scope, DateOnly day) =>
        string.Create(CultureInfo.InvariantCulture, $"{generation}:{scope}:{day:yyyy-MM-dd}");

    private static string? CreatorOf(Interaction interaction, IReadOnlyDictionary<string, VideoFacts> videos) =>
        interaction.VideoId is { } videoId ? videos.GetValueOrDefault(videoId)?.UserId : interaction.TargetUserId;
}

using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Ranking;

/// <summary>Reads <see cref="UserFeature"/>s, <see cref="VideoFeature"/>s and <see cref="CrossFeature"/>s, which say what each of them is.</summary>
public static class DenseFeatureReader
{
    private const int JustNow = 8;
    private const float SecondsPerHour = 3600;
    private const float SecondsPerDay = 24 * SecondsPerHour;

    private static readonly float SwipesScale = Bounded.LogScale(10_000);
    private static readonly float SessionScale = Bounded.LogScale(500);
    private static readonly float AwayScale = Bounded.LogScale(7 * SecondsPerDay);
    private static readonly float FollowedScale = Bounded.LogScale(1_000);
    private static readonly float ImpressionsScale = Bounded.LogScale(10_000_000);
    private static readonly float AgeScale = Bounded.LogScale(365 * SecondsPerDay);
    private static readonly float DurationScale = Bounded.LogScale(600);
    private static readonly float TrendScale = Bounded.LogScale(1_000_000);
    private static readonly float VelocityScale = Bounded.LogScale(100_000);
    private static readonly float[] SeenDecay = [.. Enumerable.Range(0, PersonView.HistoryCapacity).Select(swipes => MathF.Pow(0.9f, swipes))];

    public static void ReadUser(PersonView person, uint now, Span<float> features)
    {
        var history = person.History;
        var (ratio, finished, skipped, liked, justSkipped) = (0f, 0, 0, 0, 0);
        for (var i = 0; i < history.Length; i++)
        {
            ref readonly var entry = ref history[i];
            ratio += Bounded.Positive(entry.Ratio);
            if ((entry.Signals & SwipeSignals.Finished) != 0) finished++;
            if ((entry.Signals & SwipeSignals.Liked) != 0) liked++;
            if ((entry.Signals & SwipeSignals.Skipped) == 0) continue;
            skipped++;
            if (i < JustNow) justSkipped++;
        }
        var (sine, cosine) = MathF.SinCos(now % SecondsPerDay / SecondsPerDay * MathF.Tau);
        features[(int)UserFeature.Swipes] = Bounded.Log(person.Swipes, SwipesScale);
        features[(int)UserFeature.SessionSwipes] = Bounded.Log(person.SessionSwipes, SessionScale);
        features[(int)UserFeature.WatchRatio] = Share(ratio, history.Length, Smoothed.WatchRatio, Swipe.MaxRatio) / Swipe.MaxRatio;
        features[(int)UserFeature.Finished] = Share(finished, history.Length, Smoothed.Finish);
        features[(int)UserFeature.Skipped] = Share(skipped, history.Length, Smoothed.Skip);
        features[(int)UserFeature.Liked] = Share(liked, history.Length, Smoothed.Like);
        features[(int)UserFeature.JustSkipped] = Share(justSkipped, Math.Min(history.Length, JustNow), Smoothed.Skip);
        features[(int)UserFeature.Away] = history.IsEmpty ? 1 : Bounded.Log(Since(history[0].At, now), AwayScale);
        features[(int)UserFeature.HourSine] = sine;
        features[(int)UserFeature.HourCosine] = cosine;
        features[(int)UserFeature.Followed] = Bounded.Log(person.Followed.Count, FollowedScale);
        features[(int)UserFeature.Interests] = person.Interests.Length / (float)PersonView.InterestCapacity;

        static float Share(float sum, float count, float average, float most = 1) => Smoothed.Rate(sum, count, average, Smoothed.PersonStrength, most);
    }

    public static void ReadVideo(in VideoRow video, uint now, Span<float> features)
    {
        ref readonly var counted = ref video.Statistics;
        var impressions = Bounded.Positive(counted.Impressions);
        var age = Since(video.PublishedAt, now);
        features[(int)VideoFeature.Impressions] = Bounded.Log(impressions, ImpressionsScale);
        features[(int)VideoFeature.Uncertainty] = 1 / MathF.Sqrt(1 + impressions);
        features[(int)VideoFeature.WatchRatio] = Rate(counted.WatchRatio, Smoothed.WatchRatio, Swipe.MaxRatio) / Swipe.MaxRatio;
        features[(int)VideoFeature.Finishes] = Rate(counted.Finishes, Smoothed.Finish);
        features[(int)VideoFeature.Skips] = Rate(counted.Skips, Smoothed.Skip);
        features[(int)VideoFeature.Likes] = MathF.Sqrt(Rate(counted.Likes, Smoothed.Like));
        features[(int)VideoFeature.Shares] = MathF.Sqrt(Rate(counted.Shares, Smoothed.Share));
        features[(int)VideoFeature.Comments] = MathF.Sqrt(Rate(counted.Comments, Smoothed.Comment));
        features[(int)VideoFeature.Follows] = MathF.Sqrt(Rate(counted.Follows, Smoothed.Follow));
        features[(int)VideoFeature.Age] = Bounded.Log(age, AgeScale);
        features[(int)VideoFeature.Freshness] = float.Exp2(-age / SecondsPerDay);
        features[(int)VideoFeature.Duration] = Bounded.Log(video.DurationMs / 1000f, DurationScale);
        features[(int)VideoFeature.Trend] = Bounded.Log(VideoTable.TrendOf(counted, now), TrendScale);
        features[(int)VideoFeature.Velocity] = Bounded.Log(impressions / Math.Max(1, age / SecondsPerHour), VelocityScale);
        features[(int)VideoFeature.Hashtags] = EmbeddingSlots.CountHashtags(video) / (float)VideoHashtags.Capacity;
        features[(int)VideoFeature.Sound] = video.Sound == FeatureId.None ? 0 : 1;

        float Rate(float sum, float average, float most = 1) => Smoothed.Rate(sum, impressions, average, Smoothed.VideoStrength, most);
    }

    /// <param name="context">Of the same person.</param>
    public static void ReadCross(PersonView person, in PersonContext context, in VideoRow video, float similarity, float affinity, Span<float> features)
    {
        var hashtags = ((ReadOnlySpan<long>)video.Hashtags)[..EmbeddingSlots.CountHashtags(video)];
        var (best, sum, chosen, seen) = (hashtags.IsEmpty ? 0f : -1f, 0f, 0, 0);
        foreach (var hashtag in hashtags)
        {
            var taste = Bounded.Signed(person.Hashtags[hashtag]);
            (best, sum) = (Math.Max(best, taste), sum + taste);
            if (person.Interests.Contains(hashtag)) chosen++;
            seen += context.Topics.Count(hashtag);
        }
        var count = Math.Max(1, hashtags.Length);
        var creatorSeen = video.Creator == FeatureId.None ? -1 : context.Creators.IndexOf(video.Creator);
        features[(int)CrossFeature.Similarity] = float.IsFinite(similarity) ? similarity / (1 + MathF.Abs(similarity)) : 0;
        features[(int)CrossFeature.Affinity] = Bounded.Signed(affinity);
        features[(int)CrossFeature.Creator] = Bounded.Signed(person.Creators[video.Creator]);
        features[(int)CrossFeature.Sound] = Bounded.Signed(person.Sounds[video.Sound]);
        features[(int)CrossFeature.BestHashtag] = best;
        features[(int)CrossFeature.Hashtags] = sum / count;
        features[(int)CrossFeature.Following] = person.Followed.Contains(video.Creator) ? 1 : 0;
        features[(int)CrossFeature.Country] = person.Country != 0 && person.Country == video.Country ? 1 : 0;
        features[(int)CrossFeature.Interests] = chosen / (float)count;
        features[(int)CrossFeature.CreatorSeen] = creatorSeen < 0 ? 0 : SeenDecay[creatorSeen];
        features[(int)CrossFeature.TopicSeen] = Math.Min(1, seen / (float)PersonContext.RecentTopics);
        features[(int)CrossFeature.Length] = float.IsNaN(context.LogDuration) ? 0 : MathF.Exp(-MathF.Abs(PersonContext.LogSeconds(video.DurationMs) - context.LogDuration));
    }

    private static float Since(uint at, uint now) => now > at ? now - at : 0;
}

using System.Runtime.CompilerServices;
using TikTok.Core.Events;
using TikTok.Ranker.Features;
using TikTok.Ranker.State;

namespace TikTok.Ranker.Videos;

/// <summary>
/// What people do with videos, counted into the rows. Each event counts once: whoever calls has left out those that came twice. Events of videos that are not in
/// the table are passed over.
/// </summary>
/// <remarks>
/// A follow is of a creator. It is credited to the video of that creator that the person watched last, or else to the first one that is told of within
/// <see cref="FollowWindow"/> of it: a swipe is told when it ends, after the follow that it led to, and the two come by different partitions.
/// </remarks>
public sealed class StatisticsFold(VideoTable videos) : IInteractionFold, ISnapshotPart, IPersonMemory
{
    /// <summary>Seconds.</summary>
    public const uint FollowWindow = 600;

    private const int RememberedPeople = 1 << 16;

    private readonly PeopleCache<LastWatched> _people = new(RememberedPeople);

    public string Name => "video-statistics";

    public void Apply(LoggedInteraction logged)
    {
        var interaction = logged.Interaction;
        var at = UnixTime.Of(interaction.At);
        if (interaction.Type is InteractionType.Follow or InteractionType.Unfollow)
        {
            Follow(interaction, at);
            return;
        }

        var row = videos.Find(FeatureId.Of(Field.Video, interaction.VideoId));
        if (row < 0) return;
        lock (videos.Writing)
        {
            ref var video = ref videos.Write(row);
            ref var statistics = ref video.Statistics;
            switch (interaction.Type)
            {
                case InteractionType.Watch when interaction.Watch is { } watch:
                    Watch(ref statistics, watch, at);
                    Remember(row, ref video, ref _people[FeatureId.Of(Field.User, interaction.UserId)], at);
                    break;
                case InteractionType.Like:
                    statistics.Likes++;
                    VideoTable.AddTrend(ref statistics, Engagement.Like, at);
                    break;
                case InteractionType.Unlike:
                    statistics.Likes = Math.Max(0, statistics.Likes - 1);
                    VideoTable.AddTrend(ref statistics, -Engagement.Like, at);
                    statistics.Trend = Math.Max(0, statistics.Trend);
                    break;
                case InteractionType.Comment:
                    statistics.Comments++;
                    VideoTable.AddTrend(ref statistics, Engagement.Comment, at);
                    break;
                case InteractionType.Share:
                    statistics.Shares++;
                    VideoTable.AddTrend(ref statistics, Engagement.Share, at);
                    break;
            }
        }
    }

    public void Forget(string userId) => _people.Forget(FeatureId.Of(Field.User, userId));

    public void Save(Stream stream) => _people.Save(stream);

    public void Load(Stream stream) => _people.Load(stream);

    private static void Watch(ref VideoStatistics statistics, WatchFacts watch, uint at)
    {
        var ratio = Swipe.Ratio(watch.WatchDurationMs, watch.TotalDurationMs);
        statistics.Impressions++;
        statistics.WatchRatio += ratio;
        if (ratio >= Swipe.FinishRatio) statistics.Finishes++;
        if (Swipe.IsSkip(watch.WatchDurationMs, ratio)) statistics.Skips++;
        VideoTable.AddTrend(ref statistics, ratio, at);
    }

    private static void Remember(int row, ref VideoRow video, ref LastWatched person, uint at)
    {
        person.Push(row);
        if (person.AwaitedCreator != video.Creator || video.Creator == FeatureId.None) return;
        if (Math.Max(at, person.AwaitedFrom) - Math.Min(at, person.AwaitedFrom) <= FollowWindow) Credit(ref video, at);
        person.AwaitedCreator = FeatureId.None;
    }

    private void Follow(Interaction interaction, uint at)
    {
        var creator = FeatureId.Of(Field.Creator, interaction.TargetUserId);
        if (creator == FeatureId.None) return;
        ref var person = ref _people[FeatureId.Of(Field.User, interaction.UserId)];
        if (interaction.Type == InteractionType.Unfollow)
        {
            if (person.AwaitedCreator == creator) person.AwaitedCreator = FeatureId.None;
            return;
        }
        for (var i = 0; i < LastWatched.Capacity && person.Row(i) is var row and >= 0; i++)
        {
            if (videos[row].Creator != creator) continue;
            lock (videos.Writing) Credit(ref videos.Write(row), at);
            return;
        }
        (person.AwaitedCreator, person.AwaitedFrom) = (creator, at);
    }

    private static void Credit(ref VideoRow video, uint at)
    {
        video.Statistics.Follows++;
        VideoTable.AddTrend(ref video.Statistics, Engagement.Follow, at);
    }

    /// <summary>What a person watched last, and whom they followed without having watched anything of them.</summary>
    private struct LastWatched
    {
        public const int Capacity = 4;

        public long AwaitedCreator;
        public uint AwaitedFrom;
        private RowNumbers _rows;

        /// <summary>Newest first; −1 beyond the oldest.</summary>
        public readonly int Row(int index) => _rows[index] - 1;

        public void Push(int row)
        {
            for (var i = Capacity - 1; i > 0; i--) _rows[i] = _rows[i - 1];
            _rows[0] = row + 1;
        }

        /// <summary>Rows plus 1, so that 0 is none.</summary>
        [InlineArray(Capacity)]
        private struct RowNumbers
        {
            private int _first;
        }
    }
}

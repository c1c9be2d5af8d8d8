using TikTok.Core.Events;
using TikTok.Ranker.Features;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.People;

/// <summary>Learns from the log what people watch and like, into the <see cref="PersonTable"/>, as it happens.</summary>
/// <remarks>
/// What a swipe teaches of creator, sound and hashtags is what the <see cref="VideoTable"/> knows of the video at that moment: of a video that it does not know
/// yet only the history and the memory of what was watched learn.
/// </remarks>
public sealed class PeopleFold(PersonTable people, VideoTable videos) : IInteractionFold
{
    public void Apply(LoggedInteraction logged)
    {
        var interaction = logged.Interaction;
        if (interaction is { Type: InteractionType.Published or InteractionType.Removed } or { Type: InteractionType.Watch, Watch: null }) return;

        var user = FeatureId.Of(Field.User, interaction.UserId);
        var video = FeatureId.Of(Field.Video, interaction.VideoId);
        var row = RowOf(video, interaction.UserId);
        var at = UnixTime.Of(interaction.At);
        var shard = people.ShardOf(user);
        lock (shard.Lock)
        {
            // Of somebody unknown there is nothing to take back.
            if (interaction.Type is InteractionType.Unlike or InteractionType.Unfollow && shard.Find(user) is null) return;
            if (shard.FindOrAdd(user, at) is { } person) Apply(person, interaction, video, row, at);
        }
    }

    private void Apply(Person person, Interaction interaction, long video, in VideoRow row, uint at)
    {
        switch (interaction)
        {
            case { Type: InteractionType.Watch, Watch: { } watch }:
                var ratio = Swipe.Ratio(watch.WatchDurationMs, watch.TotalDurationMs);
                person.Swipe(video, ratio, Swipe.IsSkip(watch.WatchDurationMs, ratio), at, row);
                break;
            case { Type: InteractionType.Like }:
                person.Act(video, SwipeSignals.Liked, at, row);
                break;
            case { Type: InteractionType.Unlike }:
                person.TakeBack(video, SwipeSignals.Liked, row);
                break;
            case { Type: InteractionType.Comment }:
                person.Act(video, SwipeSignals.Commented, at, row);
                break;
            case { Type: InteractionType.Share }:
                person.Act(video, SwipeSignals.Shared, at, row);
                break;
            case { Type: InteractionType.Follow, TargetUserId: { } target }:
                var followed = FeatureId.Of(Field.Creator, target);
                person.Follow(followed, person.LastVideoBy(followed, videos), at);
                break;
            case { Type: InteractionType.Unfollow, TargetUserId: { } target }:
                var left = FeatureId.Of(Field.Creator, target);
                person.Unfollow(left, person.LastVideoBy(left, videos));
                break;
        }
    }

    /// <summary>Nothing is known of some videos, and of what somebody watches of their own nothing is to be learnt.</summary>
    private VideoRow RowOf(long video, string userId)
    {
        if (videos.Find(video) is var row && row < 0) return default;
        return videos[row] is { Creator: var creator } found && creator != FeatureId.Of(Field.Creator, userId) ? found : default;
    }
}

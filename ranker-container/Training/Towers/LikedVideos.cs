using TikTok.Core.Events;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Training.Towers;

/// <summary>Who liked what, gathered from a log: what <see cref="OfflineTowers"/> trains on, by the same rule that <see cref="OnlineTowerTrainer"/> learns by.</summary>
/// <param name="likedFrom">See <see cref="OnlineTowerOptions.LikedFrom"/>.</param>
public sealed class LikedVideos(VideoTable videos, float likedFrom) : IInteractionFold
{
    /// <summary>Pairs that are gathered at most, 16 bytes each: far more than a training takes in.</summary>
    private const int MaxPairs = 20_000_000;

    private List<(long User, long Video)>? _pairs = [];

    /// <summary>Ends the gathering.</summary>
    /// <returns>Oldest first; a pair may be there more than once.</returns>
    public IReadOnlyList<(long User, long Video)> Take() => Interlocked.Exchange(ref _pairs, null) ?? [];

    public void Apply(LoggedInteraction logged)
    {
        if (_pairs is not { Count: < MaxPairs } pairs) return;
        var interaction = logged.Interaction;
        var row = videos.Find(FeatureId.Of(Field.Video, interaction.VideoId));
        if (row < 0 || videos[row].Creator == FeatureId.Of(Field.Creator, interaction.UserId) || !IsLiked(interaction, videos[row], likedFrom)) return;
        pairs.Add((FeatureId.Of(Field.User, interaction.UserId), videos[row].Video));
    }

    /// <summary>Whether what somebody did says that they like the video.</summary>
    internal static bool IsLiked(Interaction interaction, in VideoRow video, float likedFrom)
    {
        if (interaction is not { Type: InteractionType.Watch, Watch: { } watch }) return interaction.Type is InteractionType.Like or InteractionType.Share;

        // The video's own length goes before what a client says it is.
        var ratio = Swipe.Ratio(watch.WatchDurationMs, video.DurationMs > 0 ? video.DurationMs : watch.TotalDurationMs);
        return PersonTower.Worth(ratio, Swipe.IsSkip(watch.WatchDurationMs, ratio) ? SwipeSignals.Skipped : SwipeSignals.None) >= likedFrom;
    }
}

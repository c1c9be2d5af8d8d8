using TikTok.Core.Events;
using TikTok.Ranker.Features;
using TikTok.Ranker.State;

namespace TikTok.Ranker.People;

/// <summary>
/// For who serves nobody and learns from everybody: the facts of whoever swipes are read, as they are where a request asks for them, so that the model is taught with what it is
/// asked with. They come a moment after somebody's first swipe, as they do there.
/// </summary>
public sealed class ActivePeople(FeatureStore features, TimeProvider time) : IInteractionFold
{
    /// <summary>Whoever swiped longer ago need not be read: while a log is caught up with, that would be everybody at once.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(10);

    public void Apply(LoggedInteraction logged)
    {
        var now = time.GetUtcNow();
        if (logged.Interaction.Type == InteractionType.Watch && now - logged.EnqueuedAt < Lately) features.Refresh(logged.Interaction.UserId, UnixTime.Of(now));
    }
}

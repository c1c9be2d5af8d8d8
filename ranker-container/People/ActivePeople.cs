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
    public void Apply(LoggedInteraction logged)
    {
        if (logged.Interaction.Type == InteractionType.Watch) features.Refresh(logged.Interaction.UserId, UnixTime.Of(time.GetUtcNow()));
    }
}

using TikTok.Core.Events;

namespace TikTok.Ranker.State;

/// <summary>State that is a fold of the log of interactions: from the same events in the same order it comes out the same.</summary>
public interface IInteractionFold
{
    /// <summary>Called by one thread, once per event, in the order of the log within a partition.</summary>
    void Apply(LoggedInteraction logged);
}

using TikTok.Ranker.Features;
using TikTok.Ranker.State;

namespace TikTok.Ranker.Training.Online;

/// <summary>Has the trainer forget a person between two events, which is when its state may be touched.</summary>
public sealed class TrainerMemory(OnlineTrainer trainer, LogFollower log) : IPersonMemory
{
    public void Forget(string userId) => _ = log.BetweenEventsAsync(
        () =>
        {
            trainer.Forget(FeatureId.Of(Field.User, userId));
            return true;
        },
        CancellationToken.None);
}

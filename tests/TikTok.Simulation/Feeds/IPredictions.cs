using TikTok.Ranker.Ranking;

namespace TikTok.Simulation.Feeds;

/// <summary>A feed that says what it expects.</summary>
public interface IPredictions
{
    /// <param name="predictions"><see cref="Heads.Count"/>, in the order of <see cref="Head"/>.</param>
    void Predict(string userId, string videoId, Span<float> predictions);
}

namespace TikTok.Ranker.Ranking;

/// <summary>A model that predicts for several people in one run, for hardware that one request does not fill.</summary>
public interface IBatchRankingModel : IRankingModel
{
    /// <param name="people">Whose videos, one after the other.</param>
    /// <param name="predictions"><see cref="Heads.Count"/> per video, in that order.</param>
    void Score(IReadOnlyList<RankingInputs> people, Span<float> predictions);
}

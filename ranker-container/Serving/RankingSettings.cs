using TikTok.Ranker.Ranking;
using TikTok.Ranker.Reranking;

namespace TikTok.Ranker.Serving;

/// <summary>What experiments may change of a request, and the arms that did.</summary>
/// <param name="Arms">Experiment and arm, by the experiment's name; told to the caller.</param>
public sealed record RankingSettings(ValueWeights Values, RerankingOptions Reranking, IReadOnlyDictionary<string, string> Arms)
{
    public static readonly RankingSettings Default = new(new ValueWeights(), new RerankingOptions(), new Dictionary<string, string>(StringComparer.Ordinal));
}

using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Training.Online;

namespace TikTok.Ranker.Publishing;

/// <summary>Of the ranking model: all is finite, and no head predicts the newest examples much worse than the published model.</summary>
/// <param name="published">The trainer's.</param>
public sealed class RankingGuard(OnlineTrainer trainer, PublishedModel published) : IPublicationGuard
{
    /// <summary>Embeddings of 16 numbers: none that was learned is nearly as long.</summary>
    private const float LongestRow = 100;

    public EmbeddingWriter Published => published.Table.Writer;

    public PublicationFault? Fault()
    {
        if (!trainer.Dlrm.IsFinite) return new PublicationFault(PublicationFault.NotFinite, "the dense weights are not all numbers");
        if (PublicationFault.OfRows(trainer.Embeddings.Writer, LongestRow) is { } spoilt) return spoilt;
        var drift = published.Judge();
        if (drift.Heads is [var worst, ..])
        {
            return new PublicationFault(
                NameOf(worst), string.Join(", ", drift.Heads.Select(head => FormattableString.Invariant($"{NameOf(head)} has a log loss of {head.Candidate:F4} against {head.Published:F4} on {head.Examples} examples"))));
        }
        return drift.IsMeanWorse
            ? new PublicationFault(PublicationFault.Mean, FormattableString.Invariant($"all heads together have a log loss of {drift.Candidate:F4} against {drift.Published:F4}"))
            : null;
    }

    public bool TryRollBack()
    {
        if (!published.Exists) return false;
        trainer.Dlrm.StartFrom(published.Weights);
        trainer.Embeddings.Writer.ReturnTo(published.Table);
        published.Forget();
        return true;
    }

    private static string NameOf(HeadDrift drift) => drift.Head.ToString().ToLowerInvariant();
}

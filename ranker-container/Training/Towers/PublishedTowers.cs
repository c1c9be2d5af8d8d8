using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Publishing;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Training.Online;

namespace TikTok.Ranker.Training.Towers;

/// <summary>
/// The towers' table as it is published, held against the one in training: which finds better what people like next, among videos that they do not? A table that does much worse is not published, nor one
/// with rows that are no numbers or longer than any can be.
/// </summary>
public sealed class PublishedTowers(TowerTable towers, OnlineTowerOptions options, TimeProvider time) : IPublicationGuard
{
    /// <summary>What is learned online is cut to the radius; of the offline training, what is added to a feature's coin may be several times as long.</summary>
    private const float LongestRadii = 8;

    private readonly PairedLoss _loss = new();
    private PublicationFault? _fault;
    private int _seen;

    public EmbeddingWriter Published => Table.Writer;

    internal TowerTable Table { get; } = new(towers.Options, RowFormats.Half, time);

    /// <summary>Whether the next example is one to compare by: some of them are, for each costs as much as learning from it.</summary>
    internal bool IsNext() => Published.Position is not null && _seen++ % options.ComparedOneIn == 0;

    /// <summary>An example before it was learned from: the share of the videos not liked that each table puts before the one that was. Not their log loss: how sure a table is, is nothing to retrieval.</summary>
    internal void Compare(double candidate, double published) => _loss.Add(candidate, published);

    public PublicationFault? Fault()
    {
        if (PublicationFault.OfRows(towers.Writer, LongestRadii * towers.Options.Radius) is { } spoilt) return spoilt;

        // Judged when there are enough examples, anew with each as many; until then the last judgement holds.
        if (_loss.Count < options.MinCompared) return _fault;
        _fault = _loss.IsWorse(options.MaxDrift)
            ? new PublicationFault(
                PublicationFault.Retrieval, FormattableString.Invariant($"{_loss.Candidate:P1} of others come before what is liked, against {_loss.Published:P1}, on {_loss.Count} examples"))
            : null;
        _loss.Clear();
        return _fault;
    }

    public bool TryRollBack()
    {
        if (Published.Position is null) return false;
        towers.Writer.ReturnTo(Published.Table);
        towers.Changed();
        _loss.Clear();
        _fault = null;
        return true;
    }
}

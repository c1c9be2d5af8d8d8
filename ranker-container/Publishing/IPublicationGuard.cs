using TikTok.Ranker.Embeddings;

namespace TikTok.Ranker.Publishing;

/// <summary>Holds what was learned of a table, and of what goes with it, against what is published, so that nothing bad replaces what is good. Called between two events.</summary>
public interface IPublicationGuard
{
    /// <summary>Of the table as it is published: takes the very files that servers do.</summary>
    EmbeddingWriter Published { get; }

    /// <returns>Why it must not be published; null when it may.</returns>
    PublicationFault? Fault();

    /// <summary>Brings the trainer back to what is published.</summary>
    /// <returns>Whether there was something to go back to.</returns>
    bool TryRollBack();
}

/// <param name="Reason">One of a few words, for counters: a head, or what was wrong.</param>
/// <param name="Detail">With figures, for who reads the log.</param>
public sealed record PublicationFault(string Reason, string Detail)
{
    public const string NotFinite = "not-finite";

    /// <summary>Over all heads, none of which is much worse.</summary>
    public const string Mean = "mean";

    /// <summary>People's next likes are found less well.</summary>
    public const string Retrieval = "retrieval";

    internal static PublicationFault? OfRows(EmbeddingWriter writer, float longest) => writer.CountSpoilt(longest) is > 0 and var spoilt
        ? new PublicationFault(NotFinite, $"{spoilt} rows have something that is no number, or are longer than {longest}")
        : null;
}

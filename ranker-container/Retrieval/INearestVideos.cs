using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval.Hnsw;
using TikTok.Ranker.Retrieval.Towers;

namespace TikTok.Ranker.Retrieval;

/// <summary>The space that people and videos lie in together, so that an inner product says how well they match. Labels of its index are row numbers.</summary>
public interface INearestVideos
{
    /// <summary>Vectors that <see cref="EmbedInterests"/> may find.</summary>
    const int MaxInterests = InterestSplit.MaxInterests;

    int Dimensions { get; }

    /// <summary>Whether there is an index to ask.</summary>
    bool IsReady { get; }

    /// <summary>Where a person lies, by what they watched, or chose when joining.</summary>
    /// <returns>Whether anything is known to go by; else the vector is that of everybody.</returns>
    bool Embed(PersonView person, Span<float> vector);

    /// <summary>
    /// The same where somebody likes several things: a vector for each, for one alone would lie between them, where nothing is that they like.
    /// </summary>
    /// <param name="vectors">Room for <see cref="MaxInterests"/>, one after the other.</param>
    /// <param name="shares">As many: how much of what somebody likes is of each, in sum 1.</param>
    /// <returns>How many there are; 0 or 1: <see cref="Embed"/> says it all.</returns>
    int EmbedInterests(PersonView person, Span<float> vectors, Span<float> shares) => 0;

    /// <summary>The videos of the largest inner products, largest first.</summary>
    /// <returns>How many were found; 0 while there is no index.</returns>
    int Nearest<TFilter>(ReadOnlySpan<float> vector, Span<int> rows, TFilter filter)
        where TFilter : struct, IHnswFilter;

    /// <summary>The inner products with some videos; 0 for one that has no vector.</summary>
    void Similarities(ReadOnlySpan<float> vector, ReadOnlySpan<int> rows, Span<float> similarities);

    /// <summary>
    /// How much better than others the person took to what is like each video: the mean of what they made of the videos of their history, less what everybody did, each counting by its
    /// likeness to this one, drawn to 0 where none is like it. −3 to 2, mostly −1 to 1; 0 where nothing is known.
    /// </summary>
    void Affinities(PersonView person, ReadOnlySpan<int> rows, Span<float> affinities);

    /// <summary>The videos nearest to a video, nearest first, itself left out.</summary>
    int Similar<TFilter>(int row, Span<int> rows, TFilter filter)
        where TFilter : struct, IHnswFilter;
}

namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>The space of people and videos, and its index. Vectors trained with one shape are of no use in another.</summary>
public sealed record TowerOptions
{
    /// <value>
    /// Floats of a vector, 8 to 512. The last two are not learned dimensions: one is the video's bias, one makes the vectors equally long (<see cref="TowerVector"/>).
    /// Default 64.
    /// </value>
    public int Dimensions { get; init; } = 64;

    /// <value>No video's vector, bias included, is longer. Default 3.5: of vectors from <see cref="Training.Retrieval.RetrievalTrainer"/> on decision 053's data the longest is 3.2.</value>
    public float Radius { get; init; } = 3.5f;

    /// <value>The length of what a content feature is by itself, before anything is learned from people. Default 2.5, a little above that of learned vectors.</value>
    public float CoinLength { get; init; } = 2.5f;

    /// <value>β: how much of that is where the features lie that it is found with; the rest, √(1 − β²), is its own. 0 to 1. Default 0.9.</value>
    public float ContextShare { get; init; } = 0.9f;

    /// <value>p: a person's vector is the sum of what they watched, divided by the sum of the weights to the power p. Default 0.5.</value>
    public float PoolingPower { get; init; } = 0.5f;

    /// <value>An id gets learned values at this sighting, 1 to 15. Default 2: most words of descriptions are seen once.</value>
    public int Sightings { get; init; } = 2;

    /// <value>Links of the index (<see cref="Hnsw.HnswOptions.M"/>). Default 16.</value>
    public int M { get; init; } = 16;

    /// <value>Default 100: what the index lacks in precision, the pools beside it and the ranker make good.</value>
    public int EfConstruction { get; init; } = 100;

    /// <value>Candidates that a search keeps for each one asked for, at least 1. Default 2.</value>
    public float SearchBreadth { get; init; } = 2;

    /// <value>A vector that turned away from the indexed one by more than this, as 1 − cosine, is put in anew. Default 0.005, about six degrees.</value>
    public float MovedBeyond { get; init; } = 0.005f;

    /// <value>How long what was learned of creators, sounds, hashtags and words may take to reach all their videos. Default 30 s.</value>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(30);

    internal TowerOptions Validated()
    {
        Require(Dimensions is >= 8 and <= 512, nameof(Dimensions));
        Require(float.IsFinite(Radius) && Radius > 0, nameof(Radius));
        Require(CoinLength >= 0 && CoinLength <= Radius, nameof(CoinLength));
        Require(ContextShare is >= 0 and <= 1, nameof(ContextShare));
        Require(PoolingPower is >= 0 and <= 1, nameof(PoolingPower));
        Require(SearchBreadth is >= 1 and <= 100, nameof(SearchBreadth));
        Require(MovedBeyond is >= 0 and <= 2, nameof(MovedBeyond));
        return this;
    }

    private static void Require(bool holds, string name)
    {
        if (!holds) throw new ArgumentOutOfRangeException(name);
    }
}

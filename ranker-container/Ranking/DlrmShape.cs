namespace TikTok.Ranker.Ranking;

/// <summary>
/// The ranking model: a deep learning recommendation model (Naumov and others, arXiv 1906.00091) whose top is a multi-gate mixture of experts (Ma and others,
/// KDD 2018), one gate and one tower per <see cref="Head"/>.
/// </summary>
/// <remarks>
/// <code>
/// z  = relu(B2 · relu(Bu·userDense + Bv·videoDense + Bc·crossDense + b1) + b2)      the bottom, EmbeddingSize wide: the ninth field
/// d  = the inner products of all pairs (i > j) of: user fields, video fields, z     row by row: (1,0) (2,0) (2,1) (3,0) …
/// x  = [z, d]                                                                       TopInput wide
/// e  = relu(E2 · relu(E1·x + …) + …)                                                for each of Experts, ExpertOutput wide
/// g  = softmax(G·x + …)                                                             for each head, Experts wide
/// p  = sigmoid(t2 · relu(T1 · Σ g·e + …) + …)                                       for each head
/// </code>
/// </remarks>
public static class DlrmShape
{
    /// <summary>Floats of an embedding.</summary>
    public const int EmbeddingSize = 16;

    /// <summary>The person's own, their country's, the mean of what they last watched well, the mean of the hashtags they like.</summary>
    public const int UserFields = 4;

    /// <summary>The video's own, its creator's, its sound's, the mean of its hashtags'.</summary>
    public const int VideoFields = 4;

    public const int Fields = UserFields + VideoFields + 1;

    // The model in C# reads four inputs of four videos at a time: multiples of four.
    public const int UserDense = 12;
    public const int VideoDense = 16;
    public const int CrossDense = 12;

    public const int BottomHidden = 32;
    public const int Pairs = Fields * (Fields - 1) / 2;
    public const int TopInput = EmbeddingSize + Pairs;
    public const int Experts = 4;
    public const int ExpertHidden = 64;
    public const int ExpertOutput = 32;
    public const int TowerHidden = 16;
}

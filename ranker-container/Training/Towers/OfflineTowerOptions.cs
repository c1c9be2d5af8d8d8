using TikTok.Ranker.Training.Retrieval;

namespace TikTok.Ranker.Training.Towers;

/// <summary>How much the offline training takes in, and how it fits what is known of videos to what it learned of them: settings <c>Towers__…</c>.</summary>
public sealed record OfflineTowerOptions
{
    /// <value>Videos liked, in all, below which there is nothing worth training on. Default 1,000.</value>
    public int MinPairs { get; init; } = 1_000;

    /// <value>
    /// The videos most watched are trained on, at most so many; all others get their vectors from content features. An epoch costs people × videos × dimensions: at 50,000 × 50,000 about
    /// 10¹² operations. Default 50,000.
    /// </value>
    public int MaxVideos { get; init; } = 50_000;

    /// <value>People are drawn, at most so many: they have no parameters of their own, so that those left out are served as well. Default 50,000.</value>
    public int MaxPeople { get; init; } = 50_000;

    /// <value>The last videos of a person that count. Default 200.</value>
    public int MaxPerPerson { get; init; } = 200;

    /// <value>Whether the hyper-parameters are chosen on the last videos of every third person, held out (<see cref="RetrievalTrainer.Choose"/>). Default true; about ten times the work of one training.</value>
    public bool Choose { get; init; } = true;

    /// <value>λ of the fit of content features. Default 1: a feature of one video alone says half of what it could.</value>
    public float FeaturePenalty { get; init; } = 1;

    /// <value>Dimensions and pooling are those of the space, whatever is set here.</value>
    public TwoTowerOptions Towers { get; init; } = new();
}

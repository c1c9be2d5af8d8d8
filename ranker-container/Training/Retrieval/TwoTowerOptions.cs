namespace TikTok.Ranker.Training.Retrieval;

/// <summary>The hyper-parameters of <see cref="TwoTowerTrainer"/>.</summary>
public sealed record TwoTowerOptions
{
    /// <summary>Of the vectors, without the one that carries the item's popularity.</summary>
    public int Dimensions { get; init; } = 64;

    /// <summary>Passes over the users. Where the number is chosen, the most that are tried.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Adam's.</summary>
    public float LearningRate { get; init; } = 0.01f;

    /// <summary>On the squared length of what is learned per item: the larger, the more an item's vector rests on its features and neighbours.</summary>
    public float ItemPenalty { get; init; } = 0.0001f;

    /// <summary>On the projection of the features.</summary>
    public float FeaturePenalty { get; init; } = 0.00001f;

    /// <summary>On the bias of each item.</summary>
    public float BiasPenalty { get; init; } = 0.0008f;

    /// <summary>
    /// What the biases are multiplied by once they are trained. Below 1 where what is popular changes: what most people watched is not what most people will watch.
    /// </summary>
    public float PopularityScale { get; init; } = 1;

    /// <summary>p: a user's vector is the sum of the watched items' divided by their number to the power p. 1: the mean, 0: the sum.</summary>
    public float PoolingPower { get; init; } = 0.5f;

    /// <summary>a: a user with n items weighs min(n, cap)^a in the loss, over the mean of all users' weights. 0: every user counts the same.</summary>
    public float UserWeightPower { get; init; } = 2;

    /// <summary>Users with more items do not weigh more, or a few of them would decide.</summary>
    public int UserWeightCap { get; init; } = 5;

    /// <summary>How much of its neighbours' vectors an item's vector takes.</summary>
    public float NeighbourWeight { get; init; } = 1;

    /// <summary>Per item and modality.</summary>
    public int Neighbours { get; init; } = 10;

    /// <summary>The share of a user vector's elements that is dropped at random at each step, from 0 to less than 1.</summary>
    public float Dropout { get; init; } = 0.65f;

    /// <summary>The decay per step of the mean of the parameters over the steps. 0.996: about the last 250 steps.</summary>
    public float Averaging { get; init; } = 0.996f;

    public int BatchSize { get; init; } = 256;

    public int Seed { get; init; } = 1;

    /// <summary>The same with as many more epochs as make at least 800 steps of what few users there are.</summary>
    public TwoTowerOptions ForUsers(int users) => this with { Epochs = Math.Max(Epochs, 800 / Math.Max(1, (users + BatchSize - 1) / BatchSize)) };
}

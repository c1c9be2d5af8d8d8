namespace TikTok.Ranker.Training.Retrieval;

/// <summary>The hyper-parameters of <see cref="TwoTowerTrainer"/>.</summary>
public sealed record TwoTowerOptions
{
    /// <summary>Of the vectors, without the one that carries the item's popularity.</summary>
    public int Dimensions { get; init; } = 64;

    /// <summary>Passes over the users.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Adam's.</summary>
    public float LearningRate { get; init; } = 0.01f;

    /// <summary>On the squared length of what is learned per item: the larger, the more an item's vector rests on its features and neighbours.</summary>
    public float ItemPenalty { get; init; } = 0.0005f;

    /// <summary>On the projection of the features.</summary>
    public float FeaturePenalty { get; init; } = 0.00005f;

    /// <summary>On the bias of each item.</summary>
    public float BiasPenalty { get; init; } = 0.00001f;

    /// <summary>p: a user's vector is the sum of the watched items' divided by their number to the power p. 1: the mean, 0: the sum.</summary>
    public float PoolingPower { get; init; } = 0.5f;

    /// <summary>a: a user with n items weighs n^a in the loss. 1: every interaction counts the same, 0: every user does.</summary>
    public float UserWeightPower { get; init; } = 0.5f;

    /// <summary>How much of its neighbours' vectors an item's vector takes.</summary>
    public float NeighbourWeight { get; init; } = 1;

    /// <summary>Per item and modality.</summary>
    public int Neighbours { get; init; } = 10;

    /// <summary>The share of a user vector's elements that is dropped at random at each step, from 0 to less than 1.</summary>
    public float Dropout { get; init; } = 0.5f;

    /// <summary>The decay per step of the mean of the parameters over the steps. 0.99: about the last hundred steps.</summary>
    public float Averaging { get; init; } = 0.99f;

    public int BatchSize { get; init; } = 256;

    public int Seed { get; init; } = 1;
}

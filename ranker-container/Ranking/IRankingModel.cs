namespace TikTok.Ranker.Ranking;

/// <summary>A trained model, ready to predict. Any number of threads may ask it.</summary>
public interface IRankingModel : IDisposable
{
    /// <summary>Rises with each publication of the trainer.</summary>
    long Version { get; }

    /// <summary>What it runs on; never <see cref="RankingDevice.Automatic"/>.</summary>
    RankingDevice Device => RankingDevice.Cpu;

    /// <param name="predictions"><see cref="Heads.Count"/> per video.</param>
    void Score(RankingInputs inputs, Span<float> predictions);
}

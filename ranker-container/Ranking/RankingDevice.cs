namespace TikTok.Ranker.Ranking;

/// <summary>What a model runs on.</summary>
public enum RankingDevice
{
    /// <summary>The GPU if there is one that works, else the CPU.</summary>
    Automatic,
    Cpu,
    Cuda,
}

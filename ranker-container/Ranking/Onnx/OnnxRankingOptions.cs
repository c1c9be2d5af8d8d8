namespace TikTok.Ranker.Ranking.Onnx;

/// <summary>How a model is run.</summary>
public sealed record OnnxRankingOptions
{
    /// <value>Where it runs. Default: on the GPU if there is one with its provider, else on the CPU.</value>
    public RankingDevice Device { get; init; } = RankingDevice.Automatic;

    /// <value>
    /// Threads that work on one request on the CPU, 1 to 64. Default 1: requests side by side use the cores better than one request on all of them. They wait
    /// asleep, not spinning.
    /// </value>
    public int Threads { get; init; } = 1;

    /// <value>Videos in a request for which memory is held from the start, 1 to 100,000: the warm-up runs that many. Default 5,000.</value>
    public int WarmUpVideos { get; init; } = 5000;

    internal OnnxRankingOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Threads, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(WarmUpVideos, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(WarmUpVideos, 100_000);
        return this;
    }
}

public enum RankingDevice
{
    Automatic,
    Cpu,
    Cuda,
}

namespace TikTok.Ranker.Ranking;

/// <summary>What the model predicts of a person and a video, in the order of its outputs; each in 0 to 1.</summary>
public enum Head
{
    /// <summary>The probability that the video is watched to its end.</summary>
    Finish,

    /// <summary>The expected watched ÷ length, as a share of <see cref="Videos.Swipe.MaxRatio"/>.</summary>
    WatchRatio,
    Like,
    Share,
    Comment,

    /// <summary>That the creator is followed.</summary>
    Follow,

    /// <summary>Left within two seconds.</summary>
    Skip,
}

public static class Heads
{
    public const int Count = 7;

    public static readonly IReadOnlyList<Head> All = Enum.GetValues<Head>();
}

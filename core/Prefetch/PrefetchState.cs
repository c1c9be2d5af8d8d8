namespace TikTok.Core.Prefetch;

/// <summary>What the rule looks at: the queue as the player has it, the network, the battery. A plain value; nothing is read from anywhere else.</summary>
public sealed record PrefetchState
{
    /// <summary>The video that plays, then those that follow, in the order in which they will be shown.</summary>
    public required IReadOnlyList<QueuedVideo> Queue { get; init; }

    public required BandwidthEstimate Bandwidth { get; init; }

    /// <summary>From 0 (empty) to 1 (full, or charging).</summary>
    public double Battery { get; init; } = 1;
}

/// <summary>One video, cut into chunks of equal length of which each exists in each rendition.</summary>
public sealed record QueuedVideo
{
    /// <summary>Lowest first; at least one, all with as many chunks.</summary>
    public required IReadOnlyList<QueuedRendition> Renditions { get; init; }

    /// <summary>
    /// The share of viewers who still watch at the beginning of chunk k: not rising, one entry more than chunks, the last the share that sees the end. What the
    /// seconds that were played already cost is divided out by the rule.
    /// </summary>
    public required IReadOnlyList<double> Retention { get; init; }

    public double ChunkSeconds { get; init; } = 1;

    /// <summary>Chunks downloaded from the beginning without a gap.</summary>
    public int Downloaded { get; init; }

    /// <summary>The rendition of the last of them.</summary>
    public int LastRendition { get; init; }

    /// <summary>0 for those that follow.</summary>
    public double PlayedSeconds { get; init; }

    public int Chunks => Renditions[0].ChunkMegabits.Count;

    public double BufferSeconds => Downloaded * ChunkSeconds - PlayedSeconds;
}

/// <param name="Mbps">The nominal bit rate, which is what quality is measured in.</param>
/// <param name="ChunkMegabits">The size of each chunk.</param>
public sealed record QueuedRendition(double Mbps, IReadOnlyList<double> ChunkMegabits);

/// <summary>Either the next chunk of a video, or nothing for a while.</summary>
/// <param name="Video">Its place in the queue; -1 to wait.</param>
/// <param name="WaitSeconds">How long to wait before asking again, unless the viewer swipes before; 0 to download.</param>
public readonly record struct PrefetchDecision(int Video, int Rendition, double WaitSeconds)
{
    public bool IsDownload => Video >= 0;

    public static PrefetchDecision Download(int video, int rendition) => new(video, rendition, 0);

    public static PrefetchDecision Wait(double seconds) => new(-1, 0, seconds);
}

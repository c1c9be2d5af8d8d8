namespace TikTok.Core.Prefetch;

/// <summary>What the rule weighs by. The defaults are the ones measured in docs/benchmarks.md; decision 052 says where each comes from.</summary>
public sealed record PrefetchParameters
{
    public static readonly PrefetchParameters Default = new();

    /// <summary>What a second of rebuffering costs, in Mb/s of a second's quality: the V of drift plus penalty. The challenge's figure.</summary>
    public double RebufferPrice { get; init; } = 1.85;

    /// <summary>What a downloaded megabit costs on a full battery, in the same unit. The challenge's figure.</summary>
    public double MegabitPrice { get; init; } = 0.5;

    /// <summary>What a change of bit rate costs for each Mb/s of difference. The challenge's is 1; less, because the plan of the look-ahead changes more often than the rule does.</summary>
    public double SwitchPrice { get; init; } = 0.7;

    /// <summary>How much dearer a megabit is on an empty battery: the radio is a large part of what a feed drains.</summary>
    public double EmptyBatteryFactor { get; init; } = 2;

    /// <summary>Buffer wanted of the video that plays, in seconds: the Q_min of the constraint.</summary>
    public double PlayingTarget { get; init; } = 2;

    /// <summary>Buffer wanted of each that follows, in seconds.</summary>
    public double FollowingTarget { get; init; } = 1;

    /// <summary>The weight of the Lyapunov function ½ Σ (target − buffer)²: what is left short when the look-ahead ends, in the unit of the prices.</summary>
    public double BacklogWeight { get; init; } = 0.1;

    /// <summary>The share of the network's median that the plan of the look-ahead loads it with.</summary>
    public double PlannedLoad { get; init; } = 0.95;

    /// <summary>How far the look-ahead goes, in seconds.</summary>
    public double Horizon { get; init; } = 12;

    /// <summary>Futures that are played for each possible action.</summary>
    public int Futures { get; init; } = 32;

    /// <summary>How many of the videos that follow may be downloaded from.</summary>
    public int Ahead { get; init; } = 3;

    /// <summary>How long to wait before asking again, in seconds.</summary>
    public double WaitSeconds { get; init; } = 0.1;

    /// <summary>What a wait is judged by, in seconds: long enough that a swipe within it counts.</summary>
    public double JudgedWaitSeconds { get; init; } = 0.6;
}

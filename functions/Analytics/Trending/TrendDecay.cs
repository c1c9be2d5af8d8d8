using TikTok.Core.Events;

namespace TikTok.Functions.Analytics.Trending;

/// <summary>
/// How engagement fades: exponentially, to half in <see cref="HalfLife"/>. Each event is weighed once, when it is counted, as seen from a fixed moment (the
/// beginning of its day): 2^((t − day) / half-life). The sum of a day is scaled to any moment by one factor, 2^((day − now) / half-life), so that nothing has to
/// be counted down, and sums from different partitions and days can be added.
/// </summary>
/// <remarks>
/// Forward decay: G. Cormode, V. Shkapenyuk, D. Srivastava, B. Xu, "Forward Decay: A Practical Time Decay Model for Streaming Systems", ICDE 2009, where it is
/// shown that with exponential decay it is the same as weighing by age. A day's landmark keeps the weights within 2^4, far from the ends of a double.
/// </remarks>
public static class TrendDecay
{
    /// <summary>What trends now beats what trended yesterday: a day is worth a sixteenth.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromHours(6);

    /// <summary>How many days are looked back on, today included; what is older weighs less than 1/256.</summary>
    public const int Days = 3;

    /// <summary>What an event is worth when it happens. A like, a comment or a share says more than a view; an unlike takes its like back.</summary>
    public static double WorthOf(InteractionType type) => type switch
    {
        InteractionType.Watch => 1,
        InteractionType.Like => 4,
        InteractionType.Unlike => -4,
        InteractionType.Comment => 4,
        InteractionType.Share => 8,
        _ => 0,
    };

    /// <summary>An event's weight as seen from the beginning of its day.</summary>
    public static double Weigh(double worth, DateTimeOffset at) => worth * Math.Exp(Math.Log(2) * (at.UtcDateTime.TimeOfDay / HalfLife));

    /// <summary>What the weight of a day is worth at <paramref name="now"/>.</summary>
    public static double Scale(double weight, DateOnly day, DateTimeOffset now) =>
        weight * Math.Exp(Math.Log(2) * ((day.ToDateTime(TimeOnly.MinValue) - now.UtcDateTime) / HalfLife));
}

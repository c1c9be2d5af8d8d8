namespace TikTok.Core.Prefetch;

/// <summary>
/// What the next download is expected to run at, and how sure that is: a log-normal law, fed with what downloads ran at. Throughput over seconds is close to
/// log-normal on mobile networks, and its errors are relative, so they are kept in the logarithm.
/// </summary>
/// <param name="Mbps">The median.</param>
/// <param name="Deviation">Of the logarithm: 0.3 means that two downloads of three run within a factor of 1.35.</param>
/// <param name="RoundTripSeconds">From asking to the first byte.</param>
public readonly record struct BandwidthEstimate(double Mbps, double Deviation, double RoundTripSeconds)
{
    /// <summary>Until something has been downloaded.</summary>
    public const double FirstDeviation = 0.5;

    /// <summary>The weight of the newest download; about as many seconds count as the reciprocal says.</summary>
    private const double Memory = 0.25;

    public static BandwidthEstimate FirstGuess(double mbps, double roundTripSeconds) => new(mbps, FirstDeviation, roundTripSeconds);

    /// <summary>The estimate after one more download.</summary>
    /// <param name="megabits">Above 0.</param>
    /// <param name="seconds">From asking to the last byte.</param>
    public BandwidthEstimate After(double megabits, double seconds)
    {
        var surprise = Math.Log(megabits / Math.Max(seconds - RoundTripSeconds, 0.001)) - Math.Log(Mbps);
        var variance = (1 - Memory) * (Deviation * Deviation + Memory * surprise * surprise);
        return this with { Mbps = Mbps * Math.Exp(Memory * surprise), Deviation = Math.Sqrt(variance) };
    }

    /// <param name="deviations">From the median: 1 is better than five of six.</param>
    public double MbpsAt(double deviations) => Mbps * Math.Exp(Deviation * deviations);

    /// <summary>What a download takes at the median.</summary>
    public double Seconds(double megabits) => RoundTripSeconds + megabits / Mbps;
}

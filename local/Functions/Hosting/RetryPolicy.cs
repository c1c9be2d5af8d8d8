using System.Globalization;
using Microsoft.Azure.Functions.Worker;

namespace TikTok.Local.Functions.Hosting;

/// <summary>How a failed execution is repeated in place.</summary>
/// <param name="MaxRetryCount">-1 without limit.</param>
/// <param name="Minimum">The first delay.</param>
/// <param name="Maximum">The longest delay; equal to the first when the delay is fixed.</param>
internal sealed record RetryPolicy(int MaxRetryCount, TimeSpan Minimum, TimeSpan Maximum)
{
    private const double Spread = 0.2;

    public static RetryPolicy? From(RetryAttribute? attribute) => attribute switch
    {
        null => null,
        FixedDelayRetryAttribute retry => new(retry.MaxRetryCount, Parse(retry.DelayInterval), Parse(retry.DelayInterval)),
        ExponentialBackoffRetryAttribute retry => new(retry.MaxRetryCount, Parse(retry.MinimumInterval), Parse(retry.MaximumInterval)),
        _ => throw new NotSupportedException($"The retry policy {attribute.GetType().Name} is not known to the local host."),
    };

    /// <param name="failures">How many attempts have failed so far, from 1.</param>
    public bool Allows(int failures) => MaxRetryCount < 0 || failures <= MaxRetryCount;

    /// <summary>The pause before the next attempt: doubled each time, spread by a fifth, within the bounds.</summary>
    /// <param name="failures">How many attempts have failed so far, from 1.</param>
    /// <param name="random">From 0 to 1.</param>
    public TimeSpan Delay(int failures, double random)
    {
        if (Minimum == Maximum)
        {
            return Minimum;
        }

        var grown = Minimum.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 62)) * (1 - Spread + (2 * Spread * random));
        return TimeSpan.FromMilliseconds(Math.Clamp(grown, Minimum.TotalMilliseconds, Maximum.TotalMilliseconds));
    }

    private static TimeSpan Parse(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);
}

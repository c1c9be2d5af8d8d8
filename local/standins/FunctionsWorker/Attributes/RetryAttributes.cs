using System.Globalization;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>How often, and how far apart, a failed execution is repeated in place before the trigger goes on. -1 means for ever.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class RetryAttribute : Attribute
{
    public int MaxRetryCount { get; set; }

    private protected static TimeSpan Interval(string text, string parameter)
    {
        if (!TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval))
        {
            throw new ArgumentOutOfRangeException(parameter, text, "Write the interval as hh:mm:ss.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.Zero, parameter);
        return interval;
    }
}

/// <summary>Retries at one fixed interval, written <c>hh:mm:ss</c>.</summary>
public sealed class FixedDelayRetryAttribute : RetryAttribute
{
    public FixedDelayRetryAttribute(int maxRetryCount, string delayInterval)
    {
        Interval(delayInterval, nameof(delayInterval));
        MaxRetryCount = maxRetryCount;
        DelayInterval = delayInterval;
    }

    public string DelayInterval { get; }
}

/// <summary>Retries at growing intervals between a minimum and a maximum, both written <c>hh:mm:ss</c>.</summary>
public sealed class ExponentialBackoffRetryAttribute : RetryAttribute
{
    public ExponentialBackoffRetryAttribute(int maxRetryCount, string minimumInterval, string maximumInterval)
    {
        if (Interval(minimumInterval, nameof(minimumInterval)) > Interval(maximumInterval, nameof(maximumInterval)))
        {
            throw new ArgumentException("The minimum interval is longer than the maximum interval.", nameof(minimumInterval));
        }

        MaxRetryCount = maxRetryCount;
        MinimumInterval = minimumInterval;
        MaximumInterval = maximumInterval;
    }

    public string MinimumInterval { get; }

    public string MaximumInterval { get; }
}

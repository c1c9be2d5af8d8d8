namespace Azure.Messaging.EventHubs;

/// <summary>How the wait between tries grows.</summary>
public enum EventHubsRetryMode
{
    /// <summary>It stays the same.</summary>
    Fixed,

    /// <summary>It doubles with each try.</summary>
    Exponential,
}

/// <summary>When and how often to try again.</summary>
public class EventHubsRetryOptions
{
    private int _maximumRetries = 3;
    private TimeSpan _delay = TimeSpan.FromSeconds(0.8);
    private TimeSpan _maximumDelay = TimeSpan.FromMinutes(1);
    private TimeSpan _tryTimeout = TimeSpan.FromMinutes(1);

    /// <summary>How the wait grows.</summary>
    /// <value>Default exponential.</value>
    public EventHubsRetryMode Mode { get; set; } = EventHubsRetryMode.Exponential;

    /// <summary>Tries after the first one.</summary>
    /// <value>0 to 100, default 3.</value>
    public int MaximumRetries
    {
        get => _maximumRetries;
        set => _maximumRetries = value is >= 0 and <= 100
            ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "0 to 100.");
    }

    /// <summary>The wait before the first retry.</summary>
    /// <value>1 ms to 5 minutes, default 0.8 s.</value>
    public TimeSpan Delay
    {
        get => _delay;
        set => _delay = value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromMinutes(5)
            ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "1 ms to 5 minutes.");
    }

    /// <summary>The longest wait.</summary>
    /// <value>Not negative, default 1 minute.</value>
    public TimeSpan MaximumDelay
    {
        get => _maximumDelay;
        set => _maximumDelay = value >= TimeSpan.Zero
            ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Not negative.");
    }

    /// <summary>How long one try may take.</summary>
    /// <value>More than zero and at most an hour, default 1 minute.</value>
    public TimeSpan TryTimeout
    {
        get => _tryTimeout;
        set => _tryTimeout = value > TimeSpan.Zero && value <= TimeSpan.FromHours(1)
            ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "More than zero and at most an hour.");
    }
}

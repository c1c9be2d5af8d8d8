namespace Azure.Messaging.EventHubs;

/// <summary>The hub refused, or could not be reached.</summary>
public class EventHubsException : Exception
{
    /// <param name="isTransient">Whether the same may succeed later.</param>
    /// <param name="eventHubName">The hub.</param>
    /// <param name="message">What happened.</param>
    public EventHubsException(bool isTransient, string? eventHubName, string? message)
        : base(message)
    {
        (IsTransient, EventHubName) = (isTransient, eventHubName);
    }

    internal EventHubsException(bool isTransient, string? eventHubName, string? message, Exception? innerException, TimeSpan? retryAfter = null)
        : base(message, innerException)
    {
        (IsTransient, EventHubName, RetryAfter) = (isTransient, eventHubName, retryAfter);
    }

    /// <summary>Whether the same may succeed later.</summary>
    public bool IsTransient { get; }

    /// <summary>The hub.</summary>
    public string? EventHubName { get; }

    /// <summary>How long the service asked to wait.</summary>
    internal TimeSpan? RetryAfter { get; }
}

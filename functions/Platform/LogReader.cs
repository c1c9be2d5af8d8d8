using Azure.Messaging.EventHubs;
using Microsoft.Extensions.Logging;
using TikTok.Core.Events;

namespace TikTok.Functions.Platform;

/// <summary>Events of the hub as interactions.</summary>
public sealed partial class LogReader(ILogger<LogReader> logger)
{
    /// <summary>In their order. An event that is not ours, or not whole, will not become so: it is passed over, and said so.</summary>
    public IReadOnlyList<LoggedInteraction> Read(IReadOnlyCollection<EventData> events)
    {
        var interactions = new List<LoggedInteraction>(events.Count);
        foreach (var data in events)
        {
            try
            {
                interactions.Add(LoggedInteraction.Read(data));
            }
            catch (InvalidDataException e)
            {
                Unreadable(logger, data.SequenceNumber, e);
            }
        }
        return interactions;
    }

    [LoggerMessage(LogLevel.Error, "Event {SequenceNumber} is not an interaction and is passed over")]
    private static partial void Unreadable(ILogger logger, long sequenceNumber, Exception e);
}

using System.Text.Json;
using Azure.Messaging.EventHubs;
using TikTok.Local.Functions.Binding;

namespace TikTok.Local.Functions.EventHubs;

/// <summary>Where events came from.</summary>
internal sealed record PartitionSource(string FullyQualifiedNamespace, string EventHubName, string ConsumerGroup, string PartitionId);

/// <summary>Events of one partition, in order, as a trigger's value: an array, or one event.</summary>
internal sealed class EventHubInput(PartitionSource source, IReadOnlyList<EventData> events, bool batched, PayloadConverter converter) : TriggerInput
{
    public override string Reason =>
        $"{events.Count} events of '{source.EventHubName}' partition {source.PartitionId} from {events[0].SequenceNumber}, group '{source.ConsumerGroup}'";

    public override IReadOnlyDictionary<string, object?> BindingData
    {
        get
        {
            var data = Data();
            data["PartitionContext"] = JsonSerializer.Serialize(source);
            if (batched)
            {
                data["SequenceNumberArray"] = JsonSerializer.Serialize(events.Select(e => e.SequenceNumber));
                data["OffsetArray"] = JsonSerializer.Serialize(events.Select(e => e.OffsetString));
                data["EnqueuedTimeUtcArray"] = JsonSerializer.Serialize(events.Select(e => e.EnqueuedTime.UtcDateTime));
                data["PartitionKeyArray"] = JsonSerializer.Serialize(events.Select(e => e.PartitionKey));
                data["PropertiesArray"] = JsonSerializer.Serialize(events.Select(e => e.Properties));
                data["SystemPropertiesArray"] = JsonSerializer.Serialize(events.Select(e => e.SystemProperties));
            }
            else
            {
                data["SequenceNumber"] = events[0].SequenceNumber;
                data["Offset"] = events[0].OffsetString;
                data["EnqueuedTimeUtc"] = events[0].EnqueuedTime.UtcDateTime;
                data["PartitionKey"] = events[0].PartitionKey;
                data["Properties"] = JsonSerializer.Serialize(events[0].Properties);
                data["SystemProperties"] = JsonSerializer.Serialize(events[0].SystemProperties);
            }

            return data;
        }
    }

    public override ValueTask<object?> BindAsync(Type target, CancellationToken cancellationToken)
    {
        if (!batched)
        {
            return ValueTask.FromResult(target == typeof(EventData) ? events[0] : converter.Convert(events[0].EventBody, target));
        }

        return ValueTask.FromResult<object?>(target == typeof(EventData[])
            ? events.ToArray()
            : converter.ConvertAll([.. events.Select(e => e.EventBody)], target.GetElementType()!));
    }
}

using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function for batches of events, in order within a partition.</summary>
public sealed class EventHubTriggerAttribute(string eventHubName) : TriggerBindingAttribute, ISupportCardinality
{
    /// <summary>The event hub, or <c>%setting%</c>.</summary>
    public string EventHubName { get; } = eventHubName;

    /// <summary>Null: <c>$Default</c>.</summary>
    public string? ConsumerGroup { get; set; }

    /// <summary>The app setting that holds the namespace's connection.</summary>
    public string? Connection { get; set; }

    /// <summary>True: the parameter is an array. False: one event per execution.</summary>
    public bool IsBatched { get; set; } = true;

    Cardinality ISupportCardinality.Cardinality
    {
        get => IsBatched ? Cardinality.Many : Cardinality.One;
        set => IsBatched = value == Cardinality.Many;
    }
}

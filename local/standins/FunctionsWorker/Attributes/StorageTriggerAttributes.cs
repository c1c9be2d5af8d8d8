using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function for each message of a storage queue.</summary>
public sealed class QueueTriggerAttribute(string queueName) : TriggerBindingAttribute
{
    /// <summary>The queue, or <c>%setting%</c>.</summary>
    public string QueueName { get; } = queueName;

    /// <summary>The app setting that holds the connection. Null: <c>AzureWebJobsStorage</c>.</summary>
    public string? Connection { get; set; }
}

/// <summary>How new blobs are noticed.</summary>
public enum BlobTriggerSource
{
    LogsAndContainerScan,
    EventGrid,
}

/// <summary>Starts a function for each new or replaced blob.</summary>
public sealed class BlobTriggerAttribute(string blobPath) : TriggerBindingAttribute
{
    /// <summary>Container and blob name pattern: <c>uploads/{name}</c>; parts in braces bind parameters of that name.</summary>
    public string BlobPath { get; } = blobPath;

    /// <summary>The app setting that holds the connection. Null: <c>AzureWebJobsStorage</c>.</summary>
    public string? Connection { get; set; }

    public BlobTriggerSource Source { get; set; } = BlobTriggerSource.LogsAndContainerScan;
}

using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Which changes the feed shows.</summary>
public enum CosmosDBChangeFeedMode
{
    LatestVersion,
    AllVersionsAndDeletes,
}

/// <summary>Starts a function for changed documents of a container. Intervals are in milliseconds; 0 means the default.</summary>
public sealed class CosmosDBTriggerAttribute : TriggerBindingAttribute
{
    public CosmosDBTriggerAttribute(string databaseName, string containerName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(databaseName);
        ArgumentException.ThrowIfNullOrWhiteSpace(containerName);
        DatabaseName = databaseName;
        ContainerName = containerName;
    }

    public string DatabaseName { get; }

    public string ContainerName { get; }

    /// <summary>The app setting that holds the account's connection. Null: <c>CosmosDB</c>.</summary>
    public string? Connection { get; set; }

    /// <summary>Null: <c>leases</c>.</summary>
    public string? LeaseContainerName { get; set; }

    /// <summary>Null: the monitored database.</summary>
    public string? LeaseDatabaseName { get; set; }

    /// <summary>Null: <see cref="Connection"/>.</summary>
    public string? LeaseConnection { get; set; }

    public bool CreateLeaseContainerIfNotExists { get; set; }

    public int LeasesContainerThroughput { get; set; }

    /// <summary>Keeps several functions apart in one lease container.</summary>
    public string? LeaseContainerPrefix { get; set; }

    /// <summary>Pause between reads of a drained partition; default 5000.</summary>
    public int FeedPollDelay { get; set; }

    /// <summary>Default 17000.</summary>
    public int LeaseRenewInterval { get; set; }

    /// <summary>Default 13000.</summary>
    public int LeaseAcquireInterval { get; set; }

    /// <summary>Default 60000.</summary>
    public int LeaseExpirationInterval { get; set; }

    /// <summary>0: what the service gives in one page.</summary>
    public int MaxItemsPerInvocation { get; set; }

    public bool StartFromBeginning { get; set; }

    /// <summary>ISO 8601, UTC.</summary>
    public string? StartFromTime { get; set; }

    public string? PreferredLocations { get; set; }

    public CosmosDBChangeFeedMode ChangeFeedMode { get; set; }
}

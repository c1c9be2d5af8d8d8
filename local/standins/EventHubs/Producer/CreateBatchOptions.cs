namespace Azure.Messaging.EventHubs.Producer;

/// <summary>Where a batch goes and how large it may be.</summary>
public class CreateBatchOptions : SendEventOptions
{
    /// <summary>The largest size of the batch in bytes.</summary>
    /// <value>At most what the service takes, which is also the default.</value>
    public long? MaximumSizeInBytes { get; set; }
}

namespace TikTok.Local.Storage;

/// <summary>What happened in storage.</summary>
public enum StorageEventType
{
    /// <summary>The subscription stands. What happened before it is not told: look for yourself now.</summary>
    Connected,

    /// <summary>A blob was put, copied or committed whole.</summary>
    BlobCreated,

    /// <summary>A blob was deleted.</summary>
    BlobDeleted,

    /// <summary>A queue message was put, or its visibility changed.</summary>
    MessagePut,
}

/// <summary>
/// Something that a client did through the gateway and that has succeeded. Events say when to look, not what is there: they are
/// at most once, and a subscriber that was away learns by <see cref="StorageEventType.Connected"/> that it must look.
/// </summary>
/// <param name="Type">What happened.</param>
/// <param name="Container">The blob's container.</param>
/// <param name="Name">The blob's name in its container.</param>
/// <param name="Queue">The message's queue.</param>
/// <param name="ETag">The new blob's ETag, with its quotes.</param>
/// <param name="Length">The new blob's size in bytes, where the request said it; a committed block list does not.</param>
/// <param name="VisibleAt">From when the message can be received.</param>
public sealed record StorageEvent(
    StorageEventType Type,
    string? Container = null,
    string? Name = null,
    string? Queue = null,
    string? ETag = null,
    long? Length = null,
    DateTimeOffset? VisibleAt = null);

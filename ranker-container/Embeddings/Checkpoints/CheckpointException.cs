namespace TikTok.Ranker.Embeddings;

/// <summary>A checkpoint that cannot be used. Nothing of it is in the table.</summary>
public sealed class CheckpointException(CheckpointFault fault, string message) : IOException(message)
{
    public CheckpointFault Fault { get; } = fault;
}

public enum CheckpointFault
{
    /// <summary>It does not begin as checkpoints of tables do.</summary>
    NotACheckpoint,

    /// <summary>Written by a newer version of this format.</summary>
    UnsupportedVersion,

    /// <summary>Rows of another length.</summary>
    OtherShape,

    /// <summary>Shorter or longer than it says it is.</summary>
    WrongLength,

    /// <summary>As long as it should be, and not what was written.</summary>
    Corrupt,

    /// <summary>A delta to another snapshot than the table came from.</summary>
    OtherLineage,

    /// <summary>A delta that is not the next one: one before it is missing, or it was applied already.</summary>
    OutOfOrder,
}

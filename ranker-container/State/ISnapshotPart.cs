namespace TikTok.Ranker.State;

/// <summary>One part of what is kept in a snapshot. All parts of a snapshot are as of the same place in the log.</summary>
public interface ISnapshotPart
{
    /// <summary>The part's name in the snapshot: lower-case letters and dashes.</summary>
    string Name { get; }

    /// <summary>Called between two events, by the thread that applies them.</summary>
    void Save(Stream stream);

    /// <summary>Replaces the state, before anything is applied.</summary>
    /// <exception cref="InvalidDataException">It is not what <see cref="Save"/> wrote, or of another version.</exception>
    void Load(Stream stream);
}

namespace TikTok.Ranker.State;

/// <summary>Reading what a snapshot holds.</summary>
public static class SnapshotStreams
{
    /// <summary>Fills the buffer.</summary>
    /// <exception cref="InvalidDataException">There is less.</exception>
    public static void ReadWhole(this Stream stream, Span<byte> buffer)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length) throw new InvalidDataException("The snapshot is cut off.");
    }
}

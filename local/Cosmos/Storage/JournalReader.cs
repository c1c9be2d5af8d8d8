namespace TikTok.Local.Cosmos.Storage;

/// <summary>Reads a journal file from its start.</summary>
internal static class JournalReader
{
    /// <summary>
    /// Hands every whole record to <paramref name="apply"/>, in order, and returns the length of the file up to the last of them.
    /// What follows is a write that the crash cut short; no writer was told that it had succeeded.
    /// </summary>
    public static long Read(string path, Action<JournalEntry> apply)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        var buffer = new byte[256 * 1024];
        long start = 0;
        while (start < length)
        {
            var read = ReadFully(file, buffer, start);
            var offset = 0;
            while (RecordCodec.TryRead(buffer.AsSpan(offset, read - offset), out var payload, out var consumed))
            {
                apply(JournalEntry.Decode(payload));
                offset += consumed;
            }

            start += offset;
            if (offset > 0)
                continue;

            // Not one record in a full buffer: either it is longer than the buffer, or it is the torn tail.
            if (read < buffer.Length || buffer.Length > RecordCodec.MaxPayloadLength)
                break;
            buffer = new byte[buffer.Length * 4];
        }

        return start;
    }

    /// <summary>Cuts off a torn tail, so that the next record follows the last whole one.</summary>
    public static void Truncate(string path, long length)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        if (RandomAccess.GetLength(file) == length)
            return;
        RandomAccess.SetLength(file, length);
        RandomAccess.FlushToDisk(file);
    }

    private static int ReadFully(Microsoft.Win32.SafeHandles.SafeFileHandle file, byte[] buffer, long offset)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var read = RandomAccess.Read(file, buffer.AsSpan(total), offset + total);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }
}

using System.Buffers.Binary;

namespace TikTok.Transcoder.Mp4;

/// <summary>A box of an ISO base media file (ISO/IEC 14496-12 §4.2).</summary>
/// <param name="Type">Four characters.</param>
/// <param name="Start">Offset of the header from the beginning of the stream.</param>
/// <param name="HeaderLength">8, or 16 with a 64-bit size.</param>
/// <param name="Length">Header included; reaches to the end of the stream when the box says so.</param>
internal readonly record struct Box(string Type, long Start, int HeaderLength, long Length)
{
    public long End => Start + Length;
}

/// <summary>Walks boxes, in a stream without reading what they hold, and in memory.</summary>
internal static class BoxReader
{
    /// <summary>The top-level boxes in order. The last one may reach beyond the end of the stream: the file was cut off there.</summary>
    public static IEnumerable<Box> Walk(Stream stream)
    {
        var header = new byte[16];
        var position = 0L;
        while (position + 8 <= stream.Length)
        {
            stream.Position = position;
            var read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            if (Header(header.AsSpan(0, read), position, stream.Length) is not { } box) yield break;
            yield return box;
            position = box.End;
        }
    }

    /// <summary>The child boxes in <paramref name="content"/>; <see cref="Box.Start"/> counts from its beginning.</summary>
    public static List<Box> Children(ReadOnlySpan<byte> content)
    {
        var boxes = new List<Box>();
        var position = 0;
        while (position + 8 <= content.Length && Header(content[position..], position, content.Length) is { } box && box.End <= content.Length)
        {
            boxes.Add(box);
            position = (int)box.End;
        }
        return boxes;
    }

    /// <summary>What the box of <paramref name="type"/> holds, header excluded; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> content, string type)
    {
        foreach (var box in Children(content))
        {
            if (box.Type == type) return Content(content, box);
        }
        return [];
    }

    public static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> parent, Box box) => parent[((int)box.Start + box.HeaderLength)..(int)box.End];

    private static Box? Header(ReadOnlySpan<byte> bytes, long position, long end)
    {
        if (bytes.Length < 8) return null;
        var size = (long)BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var type = System.Text.Encoding.Latin1.GetString(bytes[4..8]);
        var headerLength = 8;
        if (size == 1)
        {
            if (bytes.Length < 16) return null;
            size = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
            headerLength = 16;
        }
        else if (size == 0)
        {
            size = end - position;
        }
        return size < headerLength || size > long.MaxValue - position ? null : new Box(type, position, headerLength, size);
    }
}

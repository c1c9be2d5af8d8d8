using System.Buffers.Binary;
using TikTok.Transcoder.Mp4;

namespace TikTok.Transcoder.Probing;

/// <summary>What is wrong with a file as a container, whatever is in it.</summary>
internal enum ContainerFlaw
{
    None,
    Empty,

    /// <summary>The file ends before its structure says so.</summary>
    CutOff,

    /// <summary>An MP4 or QuickTime file without <c>moov</c>: the recorder was stopped before it could finish, or the end is missing.</summary>
    NoIndex,

    /// <summary>HEIC, AVIF: a still picture in a video's container.</summary>
    Picture,
}

/// <summary>Looks at the outermost structure of a file, which ffprobe does not hold against its length.</summary>
internal static class ContainerCheck
{
    private const uint EbmlMagic = 0x1A45DFA3;
    private const uint MatroskaSegment = 0x18538067;
    private static readonly string[] MovieBoxes = ["ftyp", "moov", "mdat", "moof", "wide", "free", "skip", "pnot"];
    private static readonly string[] PictureBrands = ["heic", "heix", "heim", "mif1", "msf1", "avif"];

    public static ContainerFlaw Inspect(Stream file)
    {
        if (file.Length == 0) return ContainerFlaw.Empty;
        var start = new byte[64];
        file.Position = 0;
        var head = start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        if (head.Length < 12) return ContainerFlaw.None;
        if (head.StartsWith("RIFF"u8)) return InspectRiff(head, file.Length);
        return BinaryPrimitives.ReadUInt32BigEndian(head) == EbmlMagic ? InspectMatroska(head, file.Length) : InspectMovie(head, file);
    }

    private static ContainerFlaw InspectMovie(ReadOnlySpan<byte> head, Stream file)
    {
        var boxes = BoxReader.Walk(file).ToList();
        if (boxes.Count == 0 || !MovieBoxes.Contains(boxes[0].Type)) return ContainerFlaw.None;
        if (boxes[0].Type == "ftyp" && PictureBrands.Contains(System.Text.Encoding.Latin1.GetString(head[8..12]))) return ContainerFlaw.Picture;
        if (boxes.Exists(b => b.End > file.Length && MovieBoxes.Contains(b.Type))) return ContainerFlaw.CutOff;
        return boxes.Exists(b => b.Type == "moov") ? ContainerFlaw.None : ContainerFlaw.NoIndex;
    }

    private static ContainerFlaw InspectRiff(ReadOnlySpan<byte> head, long length)
    {
        // Recorders that write to a pipe leave 0 here; files beyond 4 GB are not uploads.
        var declared = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        return declared != 0 && declared + 8L > length ? ContainerFlaw.CutOff : ContainerFlaw.None;
    }

    private static ContainerFlaw InspectMatroska(ReadOnlySpan<byte> head, long length)
    {
        if (VariableLength(head[4..]) is not { } header) return ContainerFlaw.None;
        var segment = 4 + header.Bytes + (long)header.Value;
        if (segment + 12 > head.Length || BinaryPrimitives.ReadUInt32BigEndian(head[(int)segment..]) != MatroskaSegment) return ContainerFlaw.None;
        if (VariableLength(head[((int)segment + 4)..]) is not { } size || size.IsUnknown) return ContainerFlaw.None;
        return segment + 4 + size.Bytes + (long)size.Value > length ? ContainerFlaw.CutOff : ContainerFlaw.None;
    }

    /// <summary>An EBML size (RFC 8794 §4): the position of the first set bit tells its length; all value bits set means unknown.</summary>
    private static (ulong Value, int Bytes, bool IsUnknown)? VariableLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[0] == 0) return null;
        var length = System.Numerics.BitOperations.LeadingZeroCount((uint)bytes[0] << 24) + 1;
        if (bytes.Length < length) return null;
        ulong value = (byte)(bytes[0] & (0xff >> length));
        for (var i = 1; i < length; i++) value = (value << 8) | bytes[i];
        return (value, length, value == (1UL << (7 * length)) - 1);
    }
}

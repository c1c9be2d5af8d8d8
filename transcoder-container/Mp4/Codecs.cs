using System.Globalization;

namespace TikTok.Transcoder.Mp4;

/// <summary>RFC 6381 names of the codecs in a sample description, from the decoder's own configuration.</summary>
internal static class Codecs
{
    private const byte DecoderConfigTag = 0x04;
    private const byte DecoderSpecificTag = 0x05;
    private const byte EsDescriptorTag = 0x03;
    private const int VisualSampleEntryLength = 78;
    private const int AudioSampleEntryLength = 28;

    /// <param name="stsd">Content of a <c>stsd</c> box.</param>
    /// <returns><c>avc1.64001e</c>, <c>mp4a.40.2</c>; the entry's four characters for anything else.</returns>
    /// <exception cref="InvalidDataException">There is no entry, or its configuration is missing.</exception>
    public static string FromSampleDescription(ReadOnlySpan<byte> stsd)
    {
        var entries = BoxReader.Children(stsd[8..]);
        if (entries.Count == 0) throw new InvalidDataException("A track without a sample entry.");
        var content = BoxReader.Content(stsd[8..], entries[0]);
        return entries[0].Type switch
        {
            "avc1" or "avc3" => $"{entries[0].Type}.{Avc(BoxReader.Find(content[VisualSampleEntryLength..], "avcC"))}",
            "mp4a" => $"mp4a.{Aac(BoxReader.Find(content[AudioSampleEntryLength..], "esds"))}",
            var other => other,
        };
    }

    /// <summary>Profile, constraint flags and level in hexadecimal (ISO/IEC 14496-15 §5.3.3.1).</summary>
    private static string Avc(ReadOnlySpan<byte> avcC) => avcC.Length >= 4
        ? Convert.ToHexStringLower(avcC[1..4])
        : throw new InvalidDataException("An avc1 entry without avcC.");

    /// <summary>Object type indication in hexadecimal and, for MPEG-4 audio, the audio object type in decimal.</summary>
    private static string Aac(ReadOnlySpan<byte> esds)
    {
        if (esds.Length < 4) throw new InvalidDataException("An mp4a entry without esds.");
        var es = Descriptor(esds[4..], EsDescriptorTag);
        var flags = es[2];
        var skip = 3 + ((flags & 0x80) != 0 ? 2 : 0) + ((flags & 0x40) != 0 ? 1 + es[3] : 0) + ((flags & 0x20) != 0 ? 2 : 0);
        var config = Descriptor(es[skip..], DecoderConfigTag);
        var objectType = config[0];
        if (objectType != 0x40) return objectType.ToString("x2", CultureInfo.InvariantCulture);

        var specific = Descriptor(config[13..], DecoderSpecificTag);
        var audioObjectType = specific[0] >> 3;
        if (audioObjectType == 31) audioObjectType = 32 + (((specific[0] & 7) << 3) | (specific[1] >> 5));
        return string.Create(CultureInfo.InvariantCulture, $"40.{audioObjectType}");
    }

    /// <summary>The content of the first descriptor with <paramref name="tag"/> (ISO/IEC 14496-1 §8.3.3: size in groups of seven bits).</summary>
    private static ReadOnlySpan<byte> Descriptor(ReadOnlySpan<byte> bytes, byte tag)
    {
        while (bytes.Length >= 2)
        {
            var found = bytes[0];
            var length = 0;
            var position = 1;
            byte group;
            do
            {
                group = bytes[position++];
                length = (length << 7) | (group & 0x7f);
            }
            while ((group & 0x80) != 0 && position < bytes.Length && position <= 4);
            if (position + length > bytes.Length) break;
            if (found == tag) return bytes.Slice(position, length);
            bytes = bytes[(position + length)..];
        }
        throw new InvalidDataException($"An esds without descriptor {tag}.");
    }
}

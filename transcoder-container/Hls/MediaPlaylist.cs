using System.Globalization;
using System.Text;

namespace TikTok.Transcoder.Hls;

/// <summary>The playlist of one rendition: byte ranges of one fragmented MP4 (RFC 8216 §4.3.2).</summary>
internal static class MediaPlaylist
{
    /// <param name="file">The MP4's name, relative to the playlist.</param>
    /// <param name="initLength">Bytes of the initialization section at the beginning of the file.</param>
    public static string Write(string file, long initLength, IReadOnlyList<Segment> segments)
    {
        var text = new StringBuilder()
            .Append("#EXTM3U\n#EXT-X-VERSION:7\n")
            .Append(CultureInfo.InvariantCulture, $"#EXT-X-TARGETDURATION:{TargetDuration(segments)}\n")
            .Append("#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n")
            .Append(CultureInfo.InvariantCulture, $"#EXT-X-MAP:URI=\"{file}\",BYTERANGE=\"{initLength}@0\"\n");
        foreach (var segment in segments)
        {
            text.Append(CultureInfo.InvariantCulture, $"#EXTINF:{segment.Duration.TotalSeconds:0.000000},\n")
                .Append(CultureInfo.InvariantCulture, $"#EXT-X-BYTERANGE:{segment.Length}@{segment.Offset}\n")
                .Append(file).Append('\n');
        }
        return text.Append("#EXT-X-ENDLIST\n").ToString();
    }

    /// <summary>Seconds: the longest segment, rounded to the nearest integer, at least 1.</summary>
    public static int TargetDuration(IReadOnlyList<Segment> segments) =>
        Math.Max(1, (int)Math.Round(segments.Max(s => s.Duration.TotalSeconds), MidpointRounding.AwayFromZero));
}

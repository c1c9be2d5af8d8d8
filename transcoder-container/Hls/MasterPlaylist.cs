using System.Globalization;
using System.Text;
using TikTok.Core.Documents;

namespace TikTok.Transcoder.Hls;

/// <summary>The playlist of the renditions (RFC 8216 §4.3.4).</summary>
internal static class MasterPlaylist
{
    /// <param name="renditions">Those whose blobs are there, lowest first: players begin with the first.</param>
    public static string Write(IReadOnlyList<Rendition> renditions)
    {
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        foreach (var r in renditions)
        {
            text.Append(CultureInfo.InvariantCulture, $"#EXT-X-STREAM-INF:BANDWIDTH={r.Bandwidth},AVERAGE-BANDWIDTH={r.AverageBandwidth},")
                .Append(CultureInfo.InvariantCulture, $"CODECS=\"{r.Codecs}\",RESOLUTION={r.Width}x{r.Height},FRAME-RATE={r.FrameRate:0.000}\n")
                .Append(CultureInfo.InvariantCulture, $"{r.Name}.m3u8\n");
        }
        return text.ToString();
    }
}

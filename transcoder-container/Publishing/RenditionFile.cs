using TikTok.Core.Documents;
using TikTok.Transcoder.Hls;
using TikTok.Transcoder.Mp4;
using TikTok.Transcoder.Planning;

namespace TikTok.Transcoder.Publishing;

/// <summary>A finished rendition on local disk, described by what is really in it.</summary>
internal sealed record RenditionFile(string File, Rendition Rendition, string Playlist, TimeSpan Duration)
{
    /// <exception cref="InvalidDataException">The file is not what was to be made.</exception>
    public static RenditionFile? Read(string file, Rung rung, FrameRate frameRate)
    {
        using var stream = System.IO.File.OpenRead(file);
        if (stream.Length == 0) return null;
        var mp4 = FragmentedMp4.Read(stream);
        if (mp4.Fragments.Count == 0) return null;

        var segments = Segments.Of(mp4);
        var rendition = new Rendition
        {
            Name = rung.Name,
            Width = rung.Width,
            Height = rung.Height,
            FrameRate = Math.Round(frameRate.PerSecond, 3),
            Codecs = string.Join(',', mp4.Tracks.OrderByDescending(t => t.IsVideo).Select(t => t.Codec)),
            Bandwidth = Segments.PeakBandwidth(segments),
            AverageBandwidth = Segments.AverageBandwidth(segments),
            Bytes = mp4.Length,
        };
        return new RenditionFile(file, rendition, MediaPlaylist.Write($"{rung.Name}.mp4", mp4.InitLength, segments), Segments.TotalDuration(segments));
    }
}

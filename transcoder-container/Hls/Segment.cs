using TikTok.Transcoder.Mp4;

namespace TikTok.Transcoder.Hls;

/// <summary>One media segment: a range of bytes of the rendition's file.</summary>
internal sealed record Segment(long Offset, long Length, TimeSpan Duration);

/// <summary>Segment arithmetic: from a file's fragments to segments, and from segments to bit rates.</summary>
internal static class Segments
{
    /// <summary>
    /// One segment per fragment. A segment lasts until the next one begins by the video's clock; the last one until the longer track ends.
    /// </summary>
    /// <exception cref="InvalidDataException">No video, or a fragment without any.</exception>
    public static IReadOnlyList<Segment> Of(FragmentedMp4 file)
    {
        var video = file.Video ?? throw new InvalidDataException("A rendition without video.");
        var starts = file.Fragments.Select(f => Run(f, video).Start).ToList();
        var segments = new List<Segment>(file.Fragments.Count);
        for (var i = 0; i < file.Fragments.Count; i++)
        {
            var fragment = file.Fragments[i];
            var duration = i + 1 < starts.Count
                ? Time(starts[i + 1] - starts[i], video)
                : End(fragment, file.Tracks) - Time(starts[i], video);
            segments.Add(new Segment(fragment.Offset, fragment.Length, duration));
        }
        return segments;
    }

    public static TimeSpan TotalDuration(IReadOnlyList<Segment> segments) => new(segments.Sum(s => s.Duration.Ticks));

    /// <summary>Bits per second over the whole.</summary>
    public static long AverageBandwidth(IReadOnlyList<Segment> segments) => BitsPerSecond(segments.Sum(s => s.Length), TotalDuration(segments));

    /// <summary>
    /// The peak by RFC 8216 §4.1: the largest bit rate of any run of neighbouring segments that together last between half and one and a half
    /// target durations, so that a last segment of two frames says nothing.
    /// </summary>
    public static long PeakBandwidth(IReadOnlyList<Segment> segments)
    {
        var target = MediaPlaylist.TargetDuration(segments);
        var peak = AverageBandwidth(segments);
        for (var first = 0; first < segments.Count; first++)
        {
            var bytes = 0L;
            var duration = TimeSpan.Zero;
            for (var last = first; last < segments.Count; last++)
            {
                bytes += segments[last].Length;
                duration += segments[last].Duration;
                if (duration.TotalSeconds > target * 1.5) break;
                if (duration.TotalSeconds >= target * 0.5) peak = Math.Max(peak, BitsPerSecond(bytes, duration));
            }
        }
        return peak;
    }

    private static long BitsPerSecond(long bytes, TimeSpan duration) =>
        duration > TimeSpan.Zero ? (long)Math.Ceiling(bytes * 8 / duration.TotalSeconds) : 0;

    private static TrackRun Run(Fragment fragment, Track track) =>
        fragment.Runs.FirstOrDefault(r => r.TrackId == track.Id) ?? throw new InvalidDataException($"The fragment at {fragment.Offset} holds no video.");

    private static TimeSpan End(Fragment fragment, IReadOnlyList<Track> tracks) =>
        fragment.Runs.Max(r => Time(r.Start + r.Duration, tracks.First(t => t.Id == r.TrackId)));

    private static TimeSpan Time(long units, Track track) => TimeSpan.FromSeconds((double)units / track.Timescale);
}

using System.Globalization;
using FFMpegCore;
using TikTok.Core.Documents;

namespace TikTok.Transcoder.Probing;

/// <summary>What an upload must keep to.</summary>
/// <param name="MinDuration">Setting <c>Limits__MinDurationMs</c>, 15 s by default.</param>
/// <param name="MaxDuration">Setting <c>Limits__MaxDurationMs</c>, 10 min by default.</param>
internal sealed record UploadLimits(TimeSpan MinDuration, TimeSpan MaxDuration);

/// <summary>Either what was found, or the words for the creator on why it cannot be used.</summary>
internal sealed record ProbeVerdict(MediaProbe? Probe, string? Reason)
{
    public static ProbeVerdict Refuse(string reason) => new(null, reason);
}

/// <summary>Reads ffprobe's findings and judges them. Pure.</summary>
internal static class ProbeRules
{
    public const int MinSide = 16;
    public const int MaxSide = 8192;
    public const int MaxAspect = 5;

    public static string? ReasonFor(ContainerFlaw flaw) => flaw switch
    {
        ContainerFlaw.Empty => "The file is empty. Please upload it again.",
        ContainerFlaw.CutOff => "The file is incomplete: its end is missing. Please upload it again.",
        ContainerFlaw.NoIndex => "The file is incomplete: its index is missing, as if recording was interrupted. Please export the video and upload it again.",
        ContainerFlaw.Picture => "The file is a picture, not a video.",
        _ => null,
    };

    public const string NotAVideo = "The file is not a video that can be read. MP4, MOV, WebM, MKV, AVI and MPEG-TS are accepted.";
    public const string Damaged = "The file is damaged: no picture could be read from it.";

    /// <param name="counted">The video's duration by its packets, when the file does not declare one.</param>
    public static ProbeVerdict Judge(IMediaAnalysis analysis, TimeSpan? counted, UploadLimits limits)
    {
        if (IsPicture(analysis)) return ProbeVerdict.Refuse("The file is a picture, not a video.");
        var video = VideoOf(analysis);
        if (video is null)
        {
            return ProbeVerdict.Refuse(analysis.AudioStreams.Count > 0 ? "The file has sound but no picture." : "The file has no picture.");
        }
        if (video.CodecName is null or "unknown") return ProbeVerdict.Refuse("The video is in a format (codec) that cannot be decoded.");
        if (video.Width <= 0 || video.Height <= 0) return ProbeVerdict.Refuse(Damaged);

        var rotation = Clockwise(video.Rotation);
        var (width, height) = Displayed(video, rotation);
        if (Math.Min(width, height) < MinSide || Math.Max(width, height) > MaxSide)
        {
            return ProbeVerdict.Refuse($"The picture is {width} × {height} pixels; each side must be between {MinSide} and {MaxSide}.");
        }
        if (Math.Max(width, height) > MaxAspect * Math.Min(width, height))
        {
            return ProbeVerdict.Refuse($"The picture is {width} × {height} pixels; one side may be at most {MaxAspect} times the other.");
        }

        var duration = DeclaredDuration(analysis, video) ?? counted ?? TimeSpan.Zero;
        if (duration <= TimeSpan.Zero) return ProbeVerdict.Refuse(Damaged);
        if (duration < limits.MinDuration) return ProbeVerdict.Refuse($"The video lasts {Seconds(duration)}; it must last at least {Seconds(limits.MinDuration)}.");
        if (duration > limits.MaxDuration) return ProbeVerdict.Refuse($"The video lasts {Seconds(duration)}; it may last at most {Seconds(limits.MaxDuration)}.");

        return new ProbeVerdict(
            new MediaProbe
            {
                Container = ContainerOf(analysis.Format.FormatName),
                VideoCodec = video.CodecName,
                AudioCodec = AudioOf(analysis)?.CodecName,
                DurationMs = (long)duration.TotalMilliseconds,
                Width = width,
                Height = height,
                Rotation = rotation,
                FrameRate = FrameRateOf(video),
            },
            Reason: null);
    }

    /// <summary>Whether the file leaves open how long it is, as recordings straight from a browser do.</summary>
    public static bool NeedsCounting(IMediaAnalysis analysis) =>
        !IsPicture(analysis) && VideoOf(analysis) is { } video && DeclaredDuration(analysis, video) is null;

    /// <summary>The transfer function when it is one of high dynamic range: hybrid log-gamma (phones) or perceptual quantizer (HDR10).</summary>
    public static string? HighDynamicRange(IMediaAnalysis analysis) =>
        VideoOf(analysis)?.ColorTransfer is "arib-std-b67" or "smpte2084" ? VideoOf(analysis)!.ColorTransfer : null;

    private static bool IsPicture(IMediaAnalysis analysis) =>
        analysis.Format.FormatName is "gif" || analysis.Format.FormatName.EndsWith("_pipe", StringComparison.Ordinal);

    private static VideoStream? VideoOf(IMediaAnalysis analysis) =>
        analysis.VideoStreams.Where(v => v.Disposition?.GetValueOrDefault("attached_pic") != true).MinBy(v => v.Index);

    /// <summary>The first audio stream, if there is something to decode in it.</summary>
    private static AudioStream? AudioOf(IMediaAnalysis analysis) =>
        analysis.AudioStreams.MinBy(a => a.Index) is { CodecName: not (null or "unknown"), Channels: > 0 } audio ? audio : null;

    private static TimeSpan? DeclaredDuration(IMediaAnalysis analysis, VideoStream video)
    {
        var declared = video.Duration > TimeSpan.Zero ? video.Duration : analysis.Format.Duration;
        return declared > TimeSpan.Zero ? declared : null;
    }

    /// <summary>ffprobe states counter-clockwise degrees; the document states clockwise ones, in quarter turns.</summary>
    private static int Clockwise(int counterClockwise) => (((int)Math.Round(-counterClockwise / 90.0) % 4) + 4) % 4 * 90;

    private static (int Width, int Height) Displayed(VideoStream video, int rotation)
    {
        var (horizontal, vertical) = video.SampleAspectRatio;
        var width = horizontal > 0 && vertical > 0 ? (int)Math.Round((double)video.Width * horizontal / vertical) : video.Width;
        return rotation is 90 or 270 ? (video.Height, width) : (width, video.Height);
    }

    /// <summary>
    /// The rate that all timestamps lie on, unless it is far from how many frames there are: then the stream's rate varies and the average is meant.
    /// </summary>
    private static double FrameRateOf(VideoStream video)
    {
        var (lattice, average) = (video.FrameRate, video.AvgFrameRate);
        var usable = double.IsFinite(lattice) && lattice is > 0 and <= 240;
        if (!double.IsFinite(average) || average <= 0) return usable ? lattice : 30;
        return usable && lattice >= average && lattice <= average * 1.2 ? lattice : average;
    }

    private static string ContainerOf(string formatName) => formatName switch
    {
        "mov,mp4,m4a,3gp,3g2,mj2" => "mp4",
        "matroska,webm" => "matroska",
        var other => other,
    };

    private static string Seconds(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.#} s");
}

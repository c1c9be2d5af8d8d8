using System.Globalization;
using System.Text.RegularExpressions;

namespace FFMpegCore;

/// <summary>What ffprobe found in a file, with numbers for texts.</summary>
public interface IMediaAnalysis
{
    TimeSpan Duration { get; }
    MediaFormat Format { get; }
    VideoStream? PrimaryVideoStream { get; }
    AudioStream? PrimaryAudioStream { get; }
    List<VideoStream> VideoStreams { get; }
    List<AudioStream> AudioStreams { get; }
    IReadOnlyList<string> ErrorData { get; }
}

internal sealed class MediaAnalysis(FFProbeAnalysis analysis) : IMediaAnalysis
{
    /// <summary>The longest of what the format and the streams declare.</summary>
    public TimeSpan Duration => new[] { Format.Duration, PrimaryVideoStream?.Duration ?? default, PrimaryAudioStream?.Duration ?? default }.Max();

    public MediaFormat Format { get; } = new()
    {
        Duration = MediaAnalysisUtils.ParseDuration(analysis.Format.Duration),
        StartTime = MediaAnalysisUtils.ParseDuration(analysis.Format.StartTime),
        FormatName = analysis.Format.FormatName,
        FormatLongName = analysis.Format.FormatLongName,
        StreamCount = analysis.Format.NbStreams,
        ProbeScore = analysis.Format.ProbeScore,
        BitRate = Long(analysis.Format.BitRate),
        Tags = CaseInsensitive(analysis.Format.Tags),
    };

    public List<VideoStream> VideoStreams { get; } = [.. analysis.Streams.Where(s => s.CodecType == "video").Select(Video)];

    public List<AudioStream> AudioStreams { get; } = [.. analysis.Streams.Where(s => s.CodecType == "audio").Select(Audio)];

    public VideoStream? PrimaryVideoStream => VideoStreams.MinBy(s => s.Index);

    public AudioStream? PrimaryAudioStream => AudioStreams.MinBy(s => s.Index);

    public IReadOnlyList<string> ErrorData => analysis.ErrorData;

    private static VideoStream Video(FFProbeStream stream) => Stream(stream, new VideoStream
    {
        Width = stream.Width ?? 0,
        Height = stream.Height ?? 0,
        Profile = stream.Profile,
        PixelFormat = stream.PixelFormat,
        ColorTransfer = stream.ColorTransfer,
        SampleAspectRatio = MediaAnalysisUtils.ParseRatioInt(stream.SampleAspectRatio, ':'),
        DisplayAspectRatio = MediaAnalysisUtils.ParseRatioInt(stream.DisplayAspectRatio, ':'),
        FrameRate = MediaAnalysisUtils.DivideRatio(MediaAnalysisUtils.ParseRatioDouble(stream.FrameRate, '/')),
        AvgFrameRate = MediaAnalysisUtils.DivideRatio(MediaAnalysisUtils.ParseRatioDouble(stream.AvgFrameRate, '/')),
        Rotation = MediaAnalysisUtils.ParseRotation(stream),
    });

    private static AudioStream Audio(FFProbeStream stream) => Stream(stream, new AudioStream
    {
        Channels = stream.Channels ?? 0,
        SampleRateHz = (int)Long(stream.SampleRate),
        Profile = stream.Profile,
    });

    private static T Stream<T>(FFProbeStream from, T to)
        where T : MediaStream
    {
        to.Index = from.Index;
        to.CodecName = from.CodecName;
        to.CodecLongName = from.CodecLongName;
        to.BitRate = Long(from.BitRate);
        to.StartTime = MediaAnalysisUtils.ParseDuration(from.StartTime);
        to.Duration = MediaAnalysisUtils.ParseDuration(from.Duration);
        to.Disposition = MediaAnalysisUtils.FormatDisposition(from.Disposition);
        to.Tags = CaseInsensitive(from.Tags);
        return to;
    }

    private static long Long(string? text) => string.IsNullOrEmpty(text) ? 0 : MediaAnalysisUtils.ParseLongInvariant(text);

    private static Dictionary<string, string> CaseInsensitive(Dictionary<string, string>? tags) => new(tags ?? [], StringComparer.OrdinalIgnoreCase);
}

public static partial class MediaAnalysisUtils
{
    /// <summary>A time as <c>-sexagesimal</c> prints it, to the millisecond; zero for anything else (<c>N/A</c>, a negative time).</summary>
    public static TimeSpan ParseDuration(string duration)
    {
        if (string.IsNullOrEmpty(duration) || Sexagesimal().Match(duration) is not { Success: true } match) return TimeSpan.Zero;
        return new TimeSpan(0, Part(1), Part(2), Part(3), ParseIntInvariant(match.Groups[4].Value.PadRight(3, '0')));

        int Part(int group) => ParseIntInvariant(match.Groups[group].Value);
    }

    /// <summary>The display matrix's rotation: degrees counter-clockwise that the picture has to be turned, -180 to 180.</summary>
    public static int ParseRotation(FFProbeStream fFProbeStream)
    {
        var matrix = fFProbeStream.SideData?.Find(data => data.TryGetValue("side_data_type", out var type) && type.ToString() == "Display Matrix");
        if (matrix is not null && matrix.TryGetValue("rotation", out var rotation)) return (int)ParseDoubleInvariant(rotation.ToString());
        return fFProbeStream.Tags?.GetValueOrDefault("rotate") is { } tag ? (int)ParseDoubleInvariant(tag) : 0;
    }

    public static Dictionary<string, bool>? FormatDisposition(Dictionary<string, int>? disposition) =>
        disposition?.ToDictionary(pair => pair.Key, pair => pair.Value != 0, StringComparer.Ordinal);

    public static double DivideRatio((double, double) ratio) => ratio.Item1 / ratio.Item2;

    public static (double, double) ParseRatioDouble(string input, char separator)
    {
        if (string.IsNullOrEmpty(input)) return (0, 0);
        var parts = input.Split(separator);
        return (ParseDoubleInvariant(parts[0]), parts.Length > 1 ? ParseDoubleInvariant(parts[1]) : 0);
    }

    public static (int, int) ParseRatioInt(string input, char separator)
    {
        if (string.IsNullOrEmpty(input)) return (0, 0);
        var parts = input.Split(separator);
        return (ParseIntInvariant(parts[0]), ParseIntInvariant(parts[1]));
    }

    public static double ParseDoubleInvariant(string line) => double.Parse(line, NumberStyles.Any, CultureInfo.InvariantCulture);

    public static int ParseIntInvariant(string line) => int.Parse(line, NumberStyles.Any, CultureInfo.InvariantCulture);

    public static long ParseLongInvariant(string line) => long.Parse(line, NumberStyles.Any, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\d+):(\d{1,2}):(\d{1,2})\.(\d{1,3})", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sexagesimal();
}

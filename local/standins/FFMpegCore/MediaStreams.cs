namespace FFMpegCore;

public class MediaFormat : ITagsContainer
{
    /// <summary>The names of the demuxer, separated by commas.</summary>
    public string FormatName { get; set; } = null!;
    public string FormatLongName { get; set; } = null!;
    public TimeSpan Duration { get; set; }
    public TimeSpan StartTime { get; set; }
    public int StreamCount { get; set; }
    public double ProbeScore { get; set; }

    /// <summary>Bits per second.</summary>
    public double BitRate { get; set; }
    public Dictionary<string, string>? Tags { get; set; }
}

public abstract class MediaStream : ITagsContainer
{
    public int Index { get; set; }
    public string CodecName { get; set; } = null!;
    public string CodecLongName { get; set; } = null!;

    /// <summary>Bits per second; 0: not declared.</summary>
    public long BitRate { get; set; }
    public TimeSpan StartTime { get; set; }

    /// <summary>Zero: not declared.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>By ffmpeg's names: <c>default</c>, <c>attached_pic</c>…</summary>
    public Dictionary<string, bool>? Disposition { get; set; }
    public Dictionary<string, string>? Tags { get; set; }
}

public class VideoStream : MediaStream
{
    /// <summary>Coded size, before rotation and pixel aspect.</summary>
    public int Width { get; set; }
    public int Height { get; set; }
    public string Profile { get; set; } = null!;
    public string PixelFormat { get; set; } = null!;
    public string ColorTransfer { get; set; } = null!;

    /// <summary>(0, 0) or (0, 1): unknown.</summary>
    public (int Width, int Height) SampleAspectRatio { get; set; }
    public (int Width, int Height) DisplayAspectRatio { get; set; }

    /// <summary>The lowest rate on which all timestamps lie, frames per second; NaN: unknown.</summary>
    public double FrameRate { get; set; }

    /// <summary>Frames by duration, per second; NaN: unknown.</summary>
    public double AvgFrameRate { get; set; }

    /// <summary>Degrees counter-clockwise that a player has to turn the coded picture, -180 to 180.</summary>
    public int Rotation { get; set; }
}

public class AudioStream : MediaStream
{
    public int Channels { get; set; }
    public int SampleRateHz { get; set; }
    public string Profile { get; set; } = null!;
}

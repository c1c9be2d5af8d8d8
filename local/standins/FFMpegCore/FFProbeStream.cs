using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FFMpegCore;

/// <summary>One of ffprobe's <c>streams</c>; fields that do not apply are absent.</summary>
public class FFProbeStream : ITagsContainer, IDispositionContainer
{
    [JsonPropertyName("index")]
    public int Index { get; set; }

    [JsonPropertyName("codec_type")]
    public string CodecType { get; set; } = null!;

    [JsonPropertyName("codec_name")]
    public string CodecName { get; set; } = null!;

    [JsonPropertyName("codec_long_name")]
    public string CodecLongName { get; set; } = null!;

    [JsonPropertyName("profile")]
    public string Profile { get; set; } = null!;

    [JsonPropertyName("width")]
    public int? Width { get; set; }

    [JsonPropertyName("height")]
    public int? Height { get; set; }

    [JsonPropertyName("pix_fmt")]
    public string PixelFormat { get; set; } = null!;

    [JsonPropertyName("color_transfer")]
    public string ColorTransfer { get; set; } = null!;

    [JsonPropertyName("sample_aspect_ratio")]
    public string SampleAspectRatio { get; set; } = null!;

    [JsonPropertyName("display_aspect_ratio")]
    public string DisplayAspectRatio { get; set; } = null!;

    [JsonPropertyName("r_frame_rate")]
    public string FrameRate { get; set; } = null!;

    [JsonPropertyName("avg_frame_rate")]
    public string AvgFrameRate { get; set; } = null!;

    [JsonPropertyName("start_time")]
    public string StartTime { get; set; } = null!;

    [JsonPropertyName("duration")]
    public string Duration { get; set; } = null!;

    [JsonPropertyName("bit_rate")]
    public string BitRate { get; set; } = null!;

    [JsonPropertyName("channels")]
    public int? Channels { get; set; }

    [JsonPropertyName("sample_rate")]
    public string SampleRate { get; set; } = null!;

    [JsonPropertyName("disposition")]
    public Dictionary<string, int> Disposition { get; set; } = null!;

    [JsonPropertyName("tags")]
    public Dictionary<string, string>? Tags { get; set; }

    [JsonPropertyName("side_data_list")]
    public List<Dictionary<string, JsonValue>> SideData { get; set; } = null!;
}

/// <summary>ffprobe's <c>format</c>.</summary>
public class Format : ITagsContainer
{
    [JsonPropertyName("filename")]
    public string Filename { get; set; } = null!;

    [JsonPropertyName("nb_streams")]
    public int NbStreams { get; set; }

    [JsonPropertyName("format_name")]
    public string FormatName { get; set; } = null!;

    [JsonPropertyName("format_long_name")]
    public string FormatLongName { get; set; } = null!;

    [JsonPropertyName("start_time")]
    public string StartTime { get; set; } = null!;

    [JsonPropertyName("duration")]
    public string Duration { get; set; } = null!;

    [JsonPropertyName("size")]
    public string Size { get; set; } = null!;

    [JsonPropertyName("bit_rate")]
    public string? BitRate { get; set; }

    [JsonPropertyName("probe_score")]
    public int ProbeScore { get; set; }

    [JsonPropertyName("tags")]
    public Dictionary<string, string>? Tags { get; set; }
}

public interface ITagsContainer
{
    Dictionary<string, string>? Tags { get; set; }
}

public interface IDispositionContainer
{
    Dictionary<string, int> Disposition { get; set; }
}

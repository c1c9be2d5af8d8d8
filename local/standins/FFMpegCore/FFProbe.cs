using System.Text.Json;
using System.Text.Json.Serialization;
using FFMpegCore.Exceptions;

namespace FFMpegCore;

/// <summary>Runs ffprobe and reads its JSON.</summary>
public static class FFProbe
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNameCaseInsensitive = true,
        NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString,
    };

    /// <summary>The format and the streams of a file.</summary>
    /// <param name="customArguments">Further options of ffprobe.</param>
    /// <exception cref="FFMpegException">There is no such file, or ffprobe could not read it.</exception>
    public static async Task<IMediaAnalysis> AnalyseAsync(
        string filePath, FFOptions? ffOptions = null, CancellationToken cancellationToken = default, string? customArguments = null)
    {
        var outcome = await RunAsync("-show_format -show_streams -show_chapters", filePath, ffOptions, customArguments, cancellationToken);
        var analysis = Parse<FFProbeAnalysis>(outcome);
        if (analysis.Format is null) throw new FormatNullException();
        analysis.ErrorData = outcome.Errors;
        return new MediaAnalysis(analysis);
    }

    /// <summary>The packets of a file, in its order.</summary>
    /// <exception cref="FFMpegException">There is no such file, or ffprobe could not read it.</exception>
    public static async Task<FFProbePackets> GetPacketsAsync(
        string filePath, FFOptions? ffOptions = null, CancellationToken cancellationToken = default, string? customArguments = null) =>
        Parse<FFProbePackets>(await RunAsync("-show_packets", filePath, ffOptions, customArguments, cancellationToken));

    private static async Task<ToolProcess.Outcome> RunAsync(
        string sections, string filePath, FFOptions? ffOptions, string? customArguments, CancellationToken cancellationToken)
    {
        if (!File.Exists(filePath)) throw new FFMpegException(FFMpegExceptionType.File, $"No file found at '{filePath}'");
        var options = ffOptions ?? GlobalFFOptions.Current;
        var arguments = $"-loglevel error -print_format json -sexagesimal {sections} \"{filePath}\" {customArguments}";
        var outcome = await ToolProcess.RunAsync(GlobalFFOptions.GetFFProbeBinaryPath(options), arguments, options, null, null, TimeSpan.Zero, cancellationToken);
        if (outcome.ExitCode == 0) return outcome;
        var errors = string.Join('\n', outcome.Errors);
        throw new FFMpegException(FFMpegExceptionType.Process, $"ffprobe exited with code {outcome.ExitCode}: {errors}", null, errors);
    }

    private static T Parse<T>(ToolProcess.Outcome outcome) => JsonSerializer.Deserialize<T>(string.Concat(outcome.Output), Json)!;
}

/// <summary>What ffprobe prints of a file, as it prints it.</summary>
public class FFProbeAnalysis
{
    [JsonPropertyName("streams")]
    public List<FFProbeStream> Streams { get; set; } = null!;

    [JsonPropertyName("format")]
    public Format Format { get; set; } = null!;

    [JsonIgnore]
    public IReadOnlyList<string> ErrorData { get; set; } = [];
}

public class FFProbePackets
{
    [JsonPropertyName("packets")]
    public List<FFProbePacketAnalysis> Packets { get; set; } = null!;
}

public class FFProbePacketAnalysis
{
    [JsonPropertyName("codec_type")]
    public string CodecType { get; set; } = null!;

    [JsonPropertyName("stream_index")]
    public int StreamIndex { get; set; }

    [JsonPropertyName("pts_time")]
    public string PtsTime { get; set; } = null!;

    [JsonPropertyName("duration_time")]
    public string DurationTime { get; set; } = null!;

    [JsonPropertyName("size")]
    public int Size { get; set; }

    [JsonPropertyName("flags")]
    public string Flags { get; set; } = null!;
}

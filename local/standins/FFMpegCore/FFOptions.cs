using System.Text;
using System.Text.Json.Serialization;
using FFMpegCore.Enums;

namespace FFMpegCore;

/// <summary>Where the ffmpeg tools lie and how they are started.</summary>
public class FFOptions : ICloneable
{
    /// <summary>The folder of <c>ffmpeg</c> and <c>ffprobe</c>; empty: they are found by PATH.</summary>
    public string BinaryFolder { get; set; } = "";

    /// <summary>The working directory of the tools; empty: this process's.</summary>
    public string WorkingDirectory { get; set; } = "";

    /// <summary>The IANA name of the encoding of the tools' output.</summary>
    public string EncodingWebName { get; set; } = Encoding.Default.WebName;

    [JsonIgnore]
    public Encoding Encoding
    {
        get => Encoding.GetEncoding(EncodingWebName);
        set => EncodingWebName = value.WebName;
    }

    /// <summary>ffmpeg's log level; null: its own default.</summary>
    public FFMpegLogLevel? LogLevel { get; set; }

    public FFOptions Clone() => (FFOptions)MemberwiseClone();

    object ICloneable.Clone() => Clone();
}

/// <summary>The options of calls that bring none of their own.</summary>
public static class GlobalFFOptions
{
    public static FFOptions Current { get; private set; } = new();

    public static void Configure(Action<FFOptions> optionsAction) => optionsAction(Current);

    public static void Configure(FFOptions ffOptions)
    {
        ArgumentNullException.ThrowIfNull(ffOptions);
        Current = ffOptions;
    }

    public static string GetFFMpegBinaryPath(FFOptions? ffOptions = null) => BinaryPath("ffmpeg", ffOptions ?? Current);

    public static string GetFFProbeBinaryPath(FFOptions? ffOptions = null) => BinaryPath("ffprobe", ffOptions ?? Current);

    private static string BinaryPath(string tool, FFOptions options)
    {
        var file = OperatingSystem.IsWindows() ? $"{tool}.exe" : tool;
        string[] candidates = [Path.Combine(options.BinaryFolder, Environment.Is64BitProcess ? "x64" : "x86", file), Path.Combine(options.BinaryFolder, file)];
        return candidates.FirstOrDefault(File.Exists) ?? file;
    }
}

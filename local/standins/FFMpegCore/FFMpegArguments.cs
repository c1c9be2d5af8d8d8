using System.Globalization;
using FFMpegCore.Enums;
using FFMpegCore.Exceptions;

namespace FFMpegCore;

/// <summary>Options in the order that they were given.</summary>
public abstract class FFMpegArgumentsBase
{
    internal List<string> Texts { get; } = [];
}

/// <summary>An ffmpeg command line: inputs with their options, then outputs with theirs.</summary>
public sealed class FFMpegArguments : FFMpegArgumentsBase
{
    private readonly List<string> _requiredFiles = [];

    private FFMpegArguments()
    {
    }

    public string Text => string.Join(' ', Texts);

    internal IReadOnlyList<string> RequiredFiles => _requiredFiles;

    /// <param name="verifyExists">Refuse to start when there is no such file.</param>
    public static FFMpegArguments FromFileInput(string filePath, bool verifyExists = true, Action<FFMpegArgumentOptions>? addArguments = null)
    {
        var arguments = new FFMpegArguments();
        if (verifyExists) arguments._requiredFiles.Add(filePath);
        var options = new FFMpegArgumentOptions();
        addArguments?.Invoke(options);
        arguments.Texts.AddRange(options.Texts);
        arguments.Texts.Add($"-i \"{filePath}\"");
        return arguments;
    }

    public FFMpegArgumentProcessor OutputToFile(string file, bool overwrite = true, Action<FFMpegArgumentOptions>? addArguments = null) =>
        MultiOutput(outputs => outputs.OutputToFile(file, overwrite, addArguments));

    /// <summary>Several outputs of one process.</summary>
    public FFMpegArgumentProcessor MultiOutput(Action<FFMpegMultiOutputOptions> addOutputs)
    {
        var outputs = new FFMpegMultiOutputOptions();
        addOutputs(outputs);
        Texts.AddRange(outputs.Texts);
        return new FFMpegArgumentProcessor(this);
    }
}

public class FFMpegMultiOutputOptions
{
    internal List<string> Texts { get; } = [];

    public FFMpegMultiOutputOptions OutputToFile(string file, bool overwrite = true, Action<FFMpegArgumentOptions>? addArguments = null)
    {
        var options = new FFMpegArgumentOptions();
        addArguments?.Invoke(options);
        Texts.AddRange(options.Texts);
        Texts.Add(overwrite ? $"\"{file}\" -y" : $"\"{file}\"");
        return this;
    }
}

/// <summary>Options of one input or one output.</summary>
public class FFMpegArgumentOptions : FFMpegArgumentsBase
{
    internal FFMpegArgumentOptions()
    {
    }

    /// <summary>Anything that has no method of its own, as it stands on the command line.</summary>
    public FFMpegArgumentOptions WithCustomArgument(string argument) => With(argument);

    public FFMpegArgumentOptions ForceFormat(string format) => With($"-f {format}");

    public FFMpegArgumentOptions ForcePixelFormat(string pixelFormat) => With($"-pix_fmt {pixelFormat}");

    public FFMpegArgumentOptions WithVideoCodec(string videoCodec) => With($"-c:v {videoCodec}");

    public FFMpegArgumentOptions WithAudioCodec(string audioCodec) => With($"-c:a {audioCodec}");

    /// <param name="bitrate">Kilobits per second.</param>
    public FFMpegArgumentOptions WithAudioBitrate(int bitrate) => With(string.Create(CultureInfo.InvariantCulture, $"-b:a {bitrate}k"));

    /// <param name="samplingRate">Hz.</param>
    public FFMpegArgumentOptions WithAudioSamplingRate(int samplingRate = 48000) => With(string.Create(CultureInfo.InvariantCulture, $"-ar {samplingRate}"));

    public FFMpegArgumentOptions WithSpeedPreset(Speed speed) => With($"-preset {speed.ToString().ToLowerInvariant()}");

    /// <param name="crf">0 (lossless) to 63.</param>
    public FFMpegArgumentOptions WithConstantRateFactor(int crf) => crf is >= 0 and <= 63
        ? With(string.Create(CultureInfo.InvariantCulture, $"-crf {crf}"))
        : throw new ArgumentException("A constant rate factor is 0 to 63.", nameof(crf));

    public FFMpegArgumentOptions WithFrameOutputCount(int frames) => With(string.Create(CultureInfo.InvariantCulture, $"-vframes {frames}"));

    private FFMpegArgumentOptions With(string text)
    {
        if (text.Length == 0) throw new FFMpegArgumentException("An empty argument.");
        Texts.Add(text);
        return this;
    }
}

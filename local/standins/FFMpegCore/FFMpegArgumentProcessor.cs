using System.Text.RegularExpressions;
using FFMpegCore.Enums;
using FFMpegCore.Exceptions;

namespace FFMpegCore;

/// <summary>Runs a command line, reports what ffmpeg says of its progress, and stops it on demand.</summary>
public partial class FFMpegArgumentProcessor
{
    private readonly FFMpegArguments _arguments;
    private readonly List<Action<FFOptions>> _configurations = [];
    private Action<string>? _onOutput;
    private Action<string>? _onError;
    private Action<TimeSpan>? _onProgress;
    private FFMpegLogLevel? _logLevel;
    private CancellationToken _cancellationToken;
    private TimeSpan _gracePeriod;

    internal FFMpegArgumentProcessor(FFMpegArguments arguments) => _arguments = arguments;

    public string Arguments => _arguments.Text;

    /// <param name="onTimeProgress">Gets the media time reached, whenever ffmpeg states it.</param>
    public FFMpegArgumentProcessor NotifyOnProgress(Action<TimeSpan> onTimeProgress)
    {
        _onProgress = onTimeProgress;
        return this;
    }

    public FFMpegArgumentProcessor NotifyOnOutput(Action<string> onOutput)
    {
        _onOutput = onOutput;
        return this;
    }

    public FFMpegArgumentProcessor NotifyOnError(Action<string> onError)
    {
        _onError = onError;
        return this;
    }

    /// <param name="timeout">Milliseconds that ffmpeg has to finish its files after it was asked to quit; 0: it is killed at once.</param>
    public FFMpegArgumentProcessor CancellableThrough(CancellationToken token, int timeout = 0)
    {
        token.ThrowIfCancellationRequested();
        _cancellationToken = token;
        _gracePeriod = TimeSpan.FromMilliseconds(timeout);
        return this;
    }

    public FFMpegArgumentProcessor Configure(Action<FFOptions> configureOptions)
    {
        _configurations.Add(configureOptions);
        return this;
    }

    public FFMpegArgumentProcessor WithLogLevel(FFMpegLogLevel logLevel)
    {
        _logLevel = logLevel;
        return this;
    }

    /// <returns>Whether ffmpeg ended with exit code 0.</returns>
    /// <exception cref="FFMpegException">It did not, and <paramref name="throwOnError"/>; or it could not be started.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, and <paramref name="throwOnError"/>.</exception>
    public async Task<bool> ProcessAsynchronously(bool throwOnError = true, FFOptions? ffMpegOptions = null)
    {
        var options = ffMpegOptions ?? GlobalFFOptions.Current.Clone();
        foreach (var configure in _configurations) configure(options);

        foreach (var file in _arguments.RequiredFiles)
        {
            if (!File.Exists(file)) throw new FileNotFoundException("Input file not found", file);
        }

        var level = _logLevel ?? options.LogLevel;
        var text = level is null ? Arguments : $"{Arguments} -v {level.Value.ToString().ToLowerInvariant()}";
        try
        {
            var outcome = await ToolProcess.RunAsync(
                GlobalFFOptions.GetFFMpegBinaryPath(options), text, options, _onOutput, HandleError, _gracePeriod, _cancellationToken);
            if (outcome.ExitCode == 0 || !throwOnError) return outcome.ExitCode == 0;
            var errors = string.Join('\n', outcome.Errors);
            throw new FFMpegException(FFMpegExceptionType.Process, $"ffmpeg exited with code {outcome.ExitCode}: {errors}", null, errors);
        }
        catch (OperationCanceledException) when (!throwOnError)
        {
            return false;
        }
    }

    private void HandleError(string line)
    {
        _onError?.Invoke(line);
        if (_onProgress is not null && TimeReport().Match(line) is { Success: true } match) _onProgress(MediaAnalysisUtils.ParseDuration(match.Groups[1].Value));
    }

    [GeneratedRegex(@"time=(\d+:\d\d:\d\d\.\d+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TimeReport();
}

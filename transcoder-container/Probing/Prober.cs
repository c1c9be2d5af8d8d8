using FFMpegCore;
using FFMpegCore.Exceptions;
using TikTok.Transcoder.Encoding;

namespace TikTok.Transcoder.Probing;

/// <summary>Runs ffprobe on a local file and judges it.</summary>
internal sealed class Prober(FFOptions options, UploadLimits limits, TimeProvider time)
{
    /// <summary>Recognized besides what can be encoded, so that the creator is told what it is.</summary>
    private const string Recognized = EncodeCommand.Demuxers + ",mp3,wav,flac,ogg,aac,gif,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <exception cref="TimeoutException">ffprobe took too long.</exception>
    /// <exception cref="FFMpegException">ffprobe could not be run, or was killed without a word.</exception>
    public async Task<ProbeVerdict> ProbeAsync(string file, CancellationToken cancellationToken)
    {
        ContainerFlaw flaw;
        await using (var stream = File.OpenRead(file)) flaw = ContainerCheck.Inspect(stream);
        if (ProbeRules.ReasonFor(flaw) is { } reason) return ProbeVerdict.Refuse(reason);

        try
        {
            return await WithinTimeAsync(
                async token =>
                {
                    var analysis = await FFProbe.AnalyseAsync(file, options, token, EncodeCommand.Confinement(Recognized));
                    var counted = ProbeRules.NeedsCounting(analysis) ? await CountAsync(file, token) : (TimeSpan?)null;
                    return ProbeRules.Judge(analysis, counted, limits);
                },
                cancellationToken);
        }
        catch (FFMpegException e) when (e is { Type: FFMpegExceptionType.Process, FFMpegErrorOutput.Length: > 0 })
        {
            return ProbeVerdict.Refuse(ProbeRules.NotAVideo);
        }
        catch (FFProbeException)
        {
            return ProbeVerdict.Refuse(ProbeRules.NotAVideo);
        }
    }

    /// <summary>The transfer function of a source of high dynamic range; null for any other.</summary>
    /// <exception cref="TimeoutException">ffprobe took too long.</exception>
    /// <exception cref="FFMpegException">ffprobe could not be run, or could not read the file.</exception>
    public Task<string?> HighDynamicRangeAsync(string file, CancellationToken cancellationToken) => WithinTimeAsync(
        async token => ProbeRules.HighDynamicRange(await FFProbe.AnalyseAsync(file, options, token, EncodeCommand.Confinement())), cancellationToken);

    private async Task<T> WithinTimeAsync<T>(Func<CancellationToken, Task<T>> probe, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await probe(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"ffprobe was stopped after {Timeout}.");
        }
    }

    private async Task<TimeSpan> CountAsync(string file, CancellationToken cancellationToken)
    {
        var arguments = $"{EncodeCommand.Confinement()} -select_streams V:0 -show_entries packet=pts_time,duration_time";
        var packets = await FFProbe.GetPacketsAsync(file, options, cancellationToken, arguments);
        return packets.Packets.Count == 0
            ? TimeSpan.Zero
            : packets.Packets.Max(p => MediaAnalysisUtils.ParseDuration(p.PtsTime) + MediaAnalysisUtils.ParseDuration(p.DurationTime));
    }
}

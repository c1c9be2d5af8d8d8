using FFMpegCore;
using FFMpegCore.Exceptions;
using Microsoft.Extensions.Logging;

namespace TikTok.Transcoder.Encoding;

/// <summary>What a GPU takes over.</summary>
internal enum Acceleration
{
    /// <summary>libx264, everything on the CPU.</summary>
    None,

    /// <summary>NVENC encodes; decoding and scaling stay on the CPU, because the picture has to be turned or its colours mapped, which no CUDA filter does.</summary>
    Encode,

    /// <summary>NVDEC, CUDA scaling and NVENC: frames never leave the card.</summary>
    Full,
}

/// <summary>Finds out what this machine's card can do by letting it encode a few frames: a card without NVENC (H100, A100) is no use here.</summary>
internal static class AccelerationDetection
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private static readonly string[] DeviceFiles = ["/dev/nvidiactl", "/dev/dxg"];

    public static async Task<Acceleration> DetectAsync(FFOptions options, ILogger log, CancellationToken cancellationToken)
    {
        if (!DeviceFiles.Any(File.Exists)) return Acceleration.None;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            await FFMpegArguments
                .FromFileInput("color=black:size=320x240:rate=30:duration=0.2", verifyExists: false, o => o.ForceFormat("lavfi").WithCustomArgument("-nostdin -hide_banner"))
                .OutputToFile("-", overwrite: true, o => o
                    .WithCustomArgument("-vf format=yuv420p,hwupload_cuda,scale_cuda=w=160:h=120:format=yuv420p")
                    .WithVideoCodec("h264_nvenc")
                    .ForceFormat("null"))
                .CancellableThrough(timeout.Token)
                .ProcessAsynchronously(ffMpegOptions: options.Clone());
            return Acceleration.Full;
        }
        catch (FFMpegException e)
        {
            log.LogWarning("There is a GPU that does not encode; using the CPU. {Error}", e.FFMpegErrorOutput.Split('\n').LastOrDefault());
            return Acceleration.None;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogWarning("The GPU did not answer within {Timeout}; using the CPU", Timeout);
            return Acceleration.None;
        }
    }
}

using FFMpegCore;
using Microsoft.Extensions.Configuration;
using TikTok.Transcoder.Probing;

namespace TikTok.Transcoder;

/// <summary>Settings, read from the environment (<c>__</c> for <c>:</c>).</summary>
internal sealed record TranscoderOptions
{
    /// <summary><c>Limits__MinDurationMs</c> (15000) and <c>Limits__MaxDurationMs</c> (600000).</summary>
    public required UploadLimits Limits { get; init; }

    /// <summary><c>Transcoder__ToolsFolder</c>: where ffmpeg and ffprobe lie; empty: by PATH.</summary>
    public required FFOptions Tools { get; init; }

    /// <summary><c>Transcoder__WorkFolder</c>: local disk for the source and its renditions; the temporary folder by default.</summary>
    public required string WorkFolder { get; init; }

    /// <summary><c>Transcoder__VisibilitySeconds</c> (60): how long a message stays invisible without a sign of life; it is renewed at a third of it.</summary>
    public required TimeSpan Visibility { get; init; }

    /// <summary><c>Transcoder__RetryDelayMs</c> (10000): before the second attempt; three times as long before the third.</summary>
    public required TimeSpan RetryDelay { get; init; }

    /// <summary><c>Transcoder__WatchIntervalMs</c> (2000): how often the video document is read during the work.</summary>
    public required TimeSpan WatchInterval { get; init; }

    public static TranscoderOptions From(IConfiguration configuration) => new()
    {
        Limits = new UploadLimits(Milliseconds(configuration, "Limits:MinDurationMs", 15_000), Milliseconds(configuration, "Limits:MaxDurationMs", 600_000)),
        Tools = new FFOptions { BinaryFolder = configuration.GetValue("Transcoder:ToolsFolder", "") },
        WorkFolder = configuration.GetValue("Transcoder:WorkFolder", Path.Combine(Path.GetTempPath(), "tiktok-transcoder")),
        Visibility = TimeSpan.FromSeconds(configuration.GetValue("Transcoder:VisibilitySeconds", 60)),
        RetryDelay = Milliseconds(configuration, "Transcoder:RetryDelayMs", 10_000),
        WatchInterval = Milliseconds(configuration, "Transcoder:WatchIntervalMs", 2_000),
    };

    private static TimeSpan Milliseconds(IConfiguration configuration, string key, int fallback) =>
        TimeSpan.FromMilliseconds(configuration.GetValue(key, fallback));
}

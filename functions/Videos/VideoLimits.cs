using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace TikTok.Functions.Videos;

/// <summary>What a video may be. Settings <c>Limits__MinDurationMs</c> and <c>Limits__MaxDurationMs</c>.</summary>
/// <param name="MinDurationMs">Milliseconds, at least 1; 15 s unless set.</param>
/// <param name="MaxDurationMs">Milliseconds; 10 min unless set.</param>
public sealed record VideoLimits(long MinDurationMs = 15_000, long MaxDurationMs = 600_000)
{
    /// <summary>Bytes of an upload.</summary>
    public const long MaxFileSize = 4L * 1024 * 1024 * 1024;

    /// <exception cref="InvalidOperationException">A setting is no number, or the range is empty.</exception>
    public static VideoLimits From(IConfiguration configuration)
    {
        var defaults = new VideoLimits();
        var limits = new VideoLimits(
            Read(configuration, "Limits:MinDurationMs", defaults.MinDurationMs), Read(configuration, "Limits:MaxDurationMs", defaults.MaxDurationMs));
        return limits.MinDurationMs >= 1 && limits.MinDurationMs <= limits.MaxDurationMs
            ? limits
            : throw new InvalidOperationException("Limits__MinDurationMs must be at least 1 and not above Limits__MaxDurationMs.");
    }

    /// <summary>Why a video of this length is refused, in words for the creator; null when it is not.</summary>
    public string? RefusalOf(long durationMs) => durationMs switch
    {
        _ when durationMs < MinDurationMs => $"The video is {Seconds(durationMs)} long; the shortest allowed is {Seconds(MinDurationMs)}.",
        _ when durationMs > MaxDurationMs => $"The video is {Seconds(durationMs)} long; the longest allowed is {Seconds(MaxDurationMs)}.",
        _ => null,
    };

    private static string Seconds(long ms) => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:0.#} s");

    private static long Read(IConfiguration configuration, string key, long otherwise) => configuration[key] switch
    {
        null or "" => otherwise,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) => value,
        var text => throw new InvalidOperationException($"Setting '{key.Replace(":", "__", StringComparison.Ordinal)}' is no number: '{text}'."),
    };
}

using TikTok.Core.Documents;

namespace TikTok.Core.Messages;

/// <summary>Queue <c>probe</c>: look into <c>uploads/{videoId}</c>. Answered by a <see cref="VideoStep"/> of <see cref="VideoStepNames.Probe"/>.</summary>
public sealed record ProbeJob(string VideoId);

/// <summary>
/// Queue <c>transcode-jobs</c>: encode <c>uploads/{videoId}</c> into the media container named. Answered by steps
/// <see cref="VideoStepNames.Transcode"/> (progress, and succeeded when all is written), <see cref="VideoStepNames.Rendition"/> per rung, lowest first, and
/// <see cref="VideoStepNames.Thumbnails"/>.
/// </summary>
/// <param name="MediaContainer">The blob container that the renditions belong in.</param>
public sealed record TranscodeJob(string VideoId, MediaProbe Probe, string MediaContainer);

/// <summary>Queue <c>video-deletions</c>: remove every blob and satellite document of a video whose status is already <c>deleted</c>.</summary>
public sealed record VideoDeletion(string VideoId);

/// <summary>Queue <c>media-moves</c>: bring the blobs of a finished video into the container that its visibility asks for.</summary>
public sealed record MediaMove(string VideoId);

/// <summary>Queue <c>video-steps</c>: what a step came to. Delivered at least once and in any order; the fan-in takes each as a fact, not as a command.</summary>
public sealed record VideoStep
{
    public required string VideoId { get; init; }

    /// <summary>One of <see cref="VideoStepNames"/>.</summary>
    public required string Step { get; init; }
    public required StepOutcome Outcome { get; init; }

    /// <summary>For <see cref="StepOutcome.Failed"/>: words for the creator.</summary>
    public string? Reason { get; init; }

    /// <summary>Percent, for <see cref="StepOutcome.Progress"/>.</summary>
    public int? Progress { get; init; }

    /// <summary>For a probe that succeeded.</summary>
    public MediaProbe? Probe { get; init; }

    /// <summary>For a rendition that plays: its blobs and a master playlist that names it are written.</summary>
    public Rendition? Rendition { get; init; }

    /// <summary>For thumbnails that are written.</summary>
    public int? ThumbnailCount { get; init; }
}

public enum StepOutcome { Progress, Succeeded, Failed }

public static class VideoStepNames
{
    /// <summary>The landing of the blob itself; never a message, but the step of a <see cref="VideoFailure"/>.</summary>
    public const string Upload = "upload";
    public const string Probe = "probe";
    public const string Transcode = "transcode";
    public const string Rendition = "rendition";
    public const string Thumbnails = "thumbnails";
}

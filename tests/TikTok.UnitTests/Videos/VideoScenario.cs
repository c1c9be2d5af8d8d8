using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Functions.Videos;
using TikTok.Functions.Videos.Processing;

namespace TikTok.UnitTests.Videos;

/// <summary>The facts of one video's life, to be told in any order.</summary>
internal static class VideoScenario
{
    public const string VideoId = "01kakg0000000000000000000a";
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly VideoLimits Limits = new(1_000, 600_000);

    public static readonly MediaProbe Probe = new()
    {
        Container = "mp4",
        VideoCodec = "h264",
        AudioCodec = "aac",
        DurationMs = 20_000,
        Width = 1280,
        Height = 720,
        FrameRate = 30,
    };

    public static Video Begun() => new()
    {
        Id = VideoId,
        VideoId = VideoId,
        UserId = "01kakg0000000000000000000b",
        Username = "ada",
        Upload = new Core.Documents.Upload { Filename = "clip.mp4", FileSize = 1_000, DurationMs = 20_000 },
        CreatedAt = Now,
    };

    public static Func<Video, Video> Land(long bytes = 1_000) => v => VideoTransitions.Land(v, bytes, Now);

    public static Func<Video, Video> Complete(Visibility visibility = Visibility.Public) =>
        v => VideoTransitions.Complete(v, new VideoWords { Title = "A clip", Hashtags = ["clip"], Visibility = visibility }, Now);

    public static Func<Video, Video> Step(
        string step, StepOutcome outcome = StepOutcome.Succeeded, string? reason = null, int? progress = null, MediaProbe? probe = null,
        Rendition? rendition = null, int? thumbnails = null) => v => VideoTransitions.Apply(v, new VideoStep
        {
            VideoId = VideoId,
            Step = step,
            Outcome = outcome,
            Reason = reason,
            Progress = progress,
            Probe = probe,
            Rendition = rendition,
            ThumbnailCount = thumbnails,
        }, Limits, Now);

    public static Func<Video, Video> Probed(long durationMs = 20_000) => Step(VideoStepNames.Probe, probe: Probe with { DurationMs = durationMs });

    public static Func<Video, Video> Plays(int shortSide) => Step(VideoStepNames.Rendition, rendition: new Rendition
    {
        Name = $"{shortSide}p",
        Width = shortSide * 16 / 9,
        Height = shortSide,
        FrameRate = 30,
        Codecs = "avc1.64001e,mp4a.40.2",
        Bandwidth = shortSide * 2_000,
        AverageBandwidth = shortSide * 1_500,
        Bytes = shortSide * 10_000,
    });

    /// <summary>Everything goes well, in the order in which it mostly comes.</summary>
    public static IReadOnlyList<Func<Video, Video>> Success(Visibility visibility = Visibility.Public) =>
    [
        Land(), Complete(visibility), Probed(), Step(VideoStepNames.Transcode, StepOutcome.Progress, progress: 20), Plays(240),
        Step(VideoStepNames.Transcode, StepOutcome.Progress, progress: 60), Plays(480), Step(VideoStepNames.Thumbnails, thumbnails: 5), Plays(720),
        Step(VideoStepNames.Transcode),
    ];

    /// <summary>The encoder gives up after the lowest rendition.</summary>
    public static IReadOnlyList<Func<Video, Video>> HalfSuccess() =>
        [Land(), Complete(), Probed(), Plays(240), Step(VideoStepNames.Transcode, StepOutcome.Failed, "The encoder gave up.")];

    public static IReadOnlyList<Func<Video, Video>> ProbeFailure() =>
        [Land(), Complete(), Step(VideoStepNames.Probe, StepOutcome.Failed, "There is no picture."), Step(VideoStepNames.Probe, StepOutcome.Failed, "The file is cut off.")];

    public static Video Tell(this Video video, params IEnumerable<Func<Video, Video>> facts) => facts.Aggregate(video, (v, fact) => fact(v));

    /// <summary>Does all work that is outstanding, as the pipeline and the workers behind it would.</summary>
    public static Video Drain(this Video video, ICollection<VideoWork>? log = null)
    {
        while (VideoWorkload.Outstanding(video) is { Count: > 0 } outstanding)
        {
            foreach (var work in outstanding) log?.Add(work);
            video = VideoWorkload.Settle(video, outstanding, Now);
            if (outstanding.Contains(VideoWork.MoveMedia)) video = VideoTransitions.Move(video, video.WantedMediaContainer);
            if (outstanding.Contains(VideoWork.Remove)) video = VideoTransitions.Bury(video, Now);
        }
        return video;
    }
}

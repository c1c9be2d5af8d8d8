using TikTok.Core.Documents;
using TikTok.Core.Prefetch;

namespace TikTok.Functions.Feed;

/// <summary>
/// What a client may fetch before it is swiped to: what <see cref="PrefetchRule"/> would download, were no time to pass, until it would rather wait. A client that runs
/// the rule itself, with what it learns between two pages, does better.
/// </summary>
public static class PrefetchPlan
{
    /// <summary>How many videos ahead; people skip forty of a hundred within two seconds, so more is mostly waste.</summary>
    public const int Ahead = 3;

    /// <summary>No hint asks for more.</summary>
    private const long MaxBytes = 2 * 1024 * 1024;

    /// <summary>The length of a segment; less than one does not play.</summary>
    private const int SegmentSeconds = 2;

    /// <summary>Segments of one page, the opened video's included.</summary>
    private const int MaxSegments = 16;

    private const double RoundTripSeconds = 0.08;

    /// <summary>A page is answered within milliseconds, and its hints are good for no longer than the next swipe: fewer futures than a client can afford.</summary>
    private static readonly PrefetchParameters Parameters = PrefetchParameters.Default with { Futures = 8 };

    /// <summary>Of a hundred viewers forty leave within two seconds; those who stay then leave at about this rate a second.</summary>
    private const double EarlyStay = 0.6;
    private const double LateLeaveRate = 0.05;

    /// <param name="upcoming">In the order of the feed; the first is being opened now and needs no hint.</param>
    public static IReadOnlyList<PrefetchHint> For(IReadOnlyList<Video> upcoming, ClientState client)
    {
        var videos = upcoming.Where(v => v.Renditions.Count > 0).Take(1 + Ahead).ToList();
        if (videos.Count < 2) return [];

        var queue = videos.Select(Queued).ToArray();
        queue[0] = queue[0] with { Downloaded = Math.Min(queue[0].Chunks, (int)(client.BufferSeconds / SegmentSeconds)) };
        var state = new PrefetchState
        {
            Queue = queue,
            Bandwidth = BandwidthEstimate.FirstGuess(client.BandwidthMbps, RoundTripSeconds),
            Battery = client.Battery,
        };
        var renditions = new int[queue.Length];
        for (var segment = 0; segment < MaxSegments; segment++)
        {
            var decision = PrefetchRule.Decide(state, Parameters);
            if (!decision.IsDownload) break;
            var video = queue[decision.Video];
            if (video.Downloaded == 0) renditions[decision.Video] = decision.Rendition;
            queue[decision.Video] = video with { Downloaded = video.Downloaded + 1, LastRendition = renditions[decision.Video] };
        }

        return
        [
            .. Enumerable.Range(1, queue.Length - 1).Where(i => queue[i].Downloaded > 0)
                .Select(i => Hint(videos[i], videos[i].Renditions[renditions[i]], queue[i])),
        ];
    }

    private static QueuedVideo Queued(Video video)
    {
        var segments = Math.Max(1, (int)Math.Ceiling(video.Upload.DurationMs / (SegmentSeconds * 1000.0)));
        return new QueuedVideo
        {
            ChunkSeconds = SegmentSeconds,
            Retention = [1, .. Enumerable.Range(1, segments).Select(k => EarlyStay * Math.Exp(-LateLeaveRate * SegmentSeconds * (k - 1)))],
            Renditions =
            [
                .. video.Renditions.Select(r => new QueuedRendition(
                    r.AverageBandwidth / 1e6, [.. Enumerable.Repeat(r.AverageBandwidth / 1e6 * SegmentSeconds, segments)])),
            ],
        };
    }

    private static PrefetchHint Hint(Video video, Rendition rendition, QueuedVideo queued)
    {
        var wanted = queued.Downloaded < queued.Chunks ? rendition.AverageBandwidth / 8 * SegmentSeconds * queued.Downloaded : rendition.Bytes;
        return new PrefetchHint(video.VideoId, rendition.Name, Math.Min(Math.Min(wanted, rendition.Bytes), MaxBytes));
    }
}

/// <param name="Rendition">A key of the video's <c>urls</c>.</param>
/// <param name="Bytes">From the beginning of its file.</param>
public sealed record PrefetchHint(string VideoId, string Rendition, long Bytes);

using TikTok.Core.Prefetch;

namespace TikTok.Benchmarks.Prefetch.Policies;

/// <summary>The product's rule in the seat of the challenge's player.</summary>
internal sealed class Ours(PrefetchParameters parameters) : IPolicy
{
    private const double FirstGuessMbps = 1.5;
    private readonly Dictionary<ChallengeVideo, IReadOnlyList<QueuedRendition>> _renditions = [];
    private BandwidthEstimate _bandwidth = BandwidthEstimate.FirstGuess(FirstGuessMbps, Link.RoundTripMs / 1000);

    public Step Next(Observation seen)
    {
        if (seen.Bytes > 0) _bandwidth = _bandwidth.After(seen.Bytes * 8 / 1e6, seen.DelayMs / 1000.0);
        var decision = PrefetchRule.Decide(new PrefetchState { Queue = [.. seen.Players.Select(Queued)], Bandwidth = _bandwidth }, parameters);
        return decision.IsDownload
            ? Step.Download(seen.Players[decision.Video].Index, decision.Rendition)
            : Step.Sleep((int)Math.Round(decision.WaitSeconds * 1000));
    }

    private QueuedVideo Queued(Player player)
    {
        if (!_renditions.TryGetValue(player.Video, out var renditions))
        {
            renditions =
            [
                .. player.Video.ChunkBytes.Select((chunks, r) => new QueuedRendition(ChallengeVideo.Kbps[r] / 1000.0, [.. chunks.Select(b => b * 8 / 1e6)])),
            ];
            _renditions[player.Video] = renditions;
        }

        return new QueuedVideo
        {
            Renditions = renditions,
            Retention = player.Video.Retention,
            ChunkSeconds = ChallengeVideo.ChunkMs / 1000.0,
            Downloaded = player.Arrived,
            LastRendition = player.Arrived > 0 ? player.Renditions[player.Arrived - 1] : 0,
            PlayedSeconds = player.PlayedMs / 1000.0,
        };
    }
}

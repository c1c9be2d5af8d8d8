using TikTok.Ranker.Publishing;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Serving;

/// <summary>Ranks for nobody until the code is compiled, before the first person has to wait for it.</summary>
public sealed class WarmUp(
    RequestBuffersPool pool, RankPipeline pipeline, VideoFeed videos, VideoSpace space, PoolRenewal pools, LogFollower log, ModelFollower models, TimeProvider time) : BackgroundService
{
    private const int Requests = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    public bool IsDone { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!(videos.IsReady && space.IsReady && log.IsCaughtUp && models.IsReady)) await Task.Delay(Pause, time, stoppingToken);
            pools.Renew();
            for (var i = 0; i < Requests && !stoppingToken.IsCancellationRequested; i++) await RankAsync(i);
            IsDone = true;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is the ordinary end.
        }
    }

    private async Task RankAsync(int seed)
    {
        var buffers = pool.Rent();
        try
        {
            buffers.Query.Set("", count: 20, (int)Deadline.TotalMilliseconds, [], seed);
            await pipeline.RunAsync(buffers, RequestDeadline.In(time, Deadline));
        }
        finally
        {
            buffers.Release();
        }
    }
}

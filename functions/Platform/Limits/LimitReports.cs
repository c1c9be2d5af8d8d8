using Microsoft.Extensions.Hosting;

namespace TikTok.Functions.Platform;

/// <summary>Tells the shared buckets every ten seconds what this instance has let through, and a last time when it stops.</summary>
public sealed class LimitReports(RateLimiter limiter, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await limiter.FlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await limiter.FlushAsync(stoppingToken);
    }
}

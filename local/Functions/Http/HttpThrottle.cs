using System.Threading.RateLimiting;
using TikTok.Local.Functions.Hosting;

namespace TikTok.Local.Functions.Http;

/// <summary>host.json's limits on requests: some run, some wait, and more are refused.</summary>
internal sealed class HttpThrottle(HttpSettings settings) : IDisposable
{
    private readonly ConcurrencyLimiter? _limiter = settings is { MaxConcurrentRequests: < 0, MaxOutstandingRequests: < 0 }
        ? null
        : new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = settings.MaxConcurrentRequests < 0 ? settings.MaxOutstandingRequests : settings.MaxConcurrentRequests,
            QueueLimit = settings switch
            {
                { MaxConcurrentRequests: < 0 } => 0,
                { MaxOutstandingRequests: < 0 } => int.MaxValue,
                _ => Math.Max(0, settings.MaxOutstandingRequests - settings.MaxConcurrentRequests),
            },
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });

    /// <summary>Null when the request is to be refused.</summary>
    public async ValueTask<IDisposable?> EnterAsync(CancellationToken cancellationToken)
    {
        if (_limiter is null)
        {
            return Free.Instance;
        }

        var lease = await _limiter.AcquireAsync(1, cancellationToken);
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }

    public void Dispose() => _limiter?.Dispose();

    private sealed class Free : IDisposable
    {
        public static readonly Free Instance = new();

        public void Dispose()
        {
        }
    }
}

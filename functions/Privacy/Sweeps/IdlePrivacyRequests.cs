using TikTok.Core.Cosmos;
using TikTok.Core.Messages;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Privacy.Sweeps;

/// <summary>Erasures and archives whose message was lost.</summary>
public sealed class IdlePrivacyRequests(PrivacyRequestStore requests, PrivacyQueue queue, TimeProvider time) : ISweep
{
    /// <summary>Longer than a message is hidden and retried.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(10);

    private const int MostAtOnce = 200;

    public string Name => "idlePrivacyRequests";

    public async Task<SweepOutcome> RunAsync(string? position, CancellationToken cancellationToken)
    {
        var idle = await requests.FindIdleAsync(time.GetUtcNow() - IdleAfter, MostAtOnce, cancellationToken);
        foreach (var request in idle) await queue.SendAsync(new PrivacyWork(request.UserId, request.Kind, request.RequestId), cancellationToken);
        return new SweepOutcome(idle.Count, idle.Count);
    }
}

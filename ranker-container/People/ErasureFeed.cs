using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Ranker.State;

namespace TikTok.Ranker.People;

/// <summary>
/// Learns which accounts are gone, from the requests for erasure: a small container, followed from its beginning at each start, so that what a snapshot or the log still
/// tells of people who are gone is not taken in again. A request outlives its erasure by 30 days, the log and snapshots by seven.
/// </summary>
public sealed partial class ErasureFeed(CosmosClient cosmos, IEnumerable<IPersonMemory> memories, TimeProvider time, ILogger<ErasureFeed> logger) : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromMinutes(2);
    private static readonly string ErasureId = PrivacyRequest.IdFor(PrivacyRequestKind.Erasure);

    private readonly IReadOnlyList<IPersonMemory> _memories = [.. memories];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var container = cosmos.GetContainer(Containers.Database, Containers.PrivacyRequests);
        string? continuation = null;
        var pause = PollInterval;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var (requests, next) in container.ChangesToEndAsync(continuation, stoppingToken))
                {
                    Forget(requests);
                    continuation = next;
                }
                pause = PollInterval;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, MaxBackoff.Ticks));
                FeedFailed(logger, pause.TotalSeconds, e);
            }
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Forget(IEnumerable<JsonElement> requests)
    {
        foreach (var request in requests)
        {
            if (!request.GetProperty("id").ValueEquals(ErasureId) || request.GetProperty("userId").GetString() is not { } userId) continue;
            foreach (var memory in _memories) memory.Forget(userId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The change feed of requests for erasure could not be followed; the next try is in {Seconds} s")]
    private static partial void FeedFailed(ILogger logger, double seconds, Exception e);
}

using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
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
    private int _ready;

    /// <summary>Whether the feed has been read to its end once: before that, a snapshot could still tell of somebody who is gone.</summary>
    public bool IsReady => Volatile.Read(ref _ready) == 1;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var container = cosmos.GetContainer(Containers.Database, Containers.PrivacyRequests);
        string? continuation = null;
        var pause = PollInterval;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                continuation = await ReadToEndAsync(container, continuation, stoppingToken);
                Volatile.Write(ref _ready, 1);
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

    private async Task<string?> ReadToEndAsync(Container container, string? continuation, CancellationToken cancellationToken)
    {
        var start = continuation is null ? ChangeFeedStartFrom.Beginning() : ChangeFeedStartFrom.ContinuationToken(continuation);
        using var feed = container.GetChangeFeedIterator<JsonElement>(start, ChangeFeedMode.LatestVersion);
        while (feed.HasMoreResults)
        {
            var page = await feed.ReadNextAsync(cancellationToken);
            continuation = page.ContinuationToken;
            if (page.StatusCode == HttpStatusCode.NotModified) break;

            foreach (var request in page)
            {
                if (!request.GetProperty("id").ValueEquals(ErasureId) || request.GetProperty("userId").GetString() is not { } userId) continue;
                foreach (var memory in _memories) memory.Forget(userId);
            }
        }
        return continuation;
    }

    [LoggerMessage(LogLevel.Warning, "The change feed of requests for erasure could not be followed; the next try is in {Seconds} s")]
    private static partial void FeedFailed(ILogger logger, double seconds, Exception e);
}

using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Ranker.Retrieval;

/// <summary>
/// Follows the change feed of <c>videos</c> into the <see cref="Catalogue"/>: the whole container at start, then what changes. A deleted or hidden video
/// leaves within a poll. When Cosmos does not answer, the catalogue stays as it was and the feed tries again, less often each time.
/// </summary>
public sealed partial class CatalogueFeed(CosmosClient cosmos, Catalogue catalogue, TimeProvider time, ILogger<CatalogueFeed> logger) : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RenewInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);

    private int _ready;

    /// <summary>Whether the feed has been read to its end once: before that, answers would be missing most videos.</summary>
    public bool IsReady => Volatile.Read(ref _ready) == 1;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var container = cosmos.GetContainer(Containers.Database, Containers.Videos);
        string? continuation = null;
        var backoff = PollInterval;
        var renewedAt = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                continuation = await ReadToEndAsync(container, continuation, stoppingToken);
                Volatile.Write(ref _ready, 1);
                backoff = PollInterval;
                if (time.GetElapsedTime(renewedAt) >= RenewInterval)
                {
                    catalogue.Renew();
                    renewedAt = time.GetTimestamp();
                }
            }
            catch (Exception e) when (e is CosmosException or HttpRequestException or OperationCanceledException && !stoppingToken.IsCancellationRequested)
            {
                backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, MaxBackoff.Ticks));
                FeedFailed(logger, backoff.TotalSeconds, e);
            }
            await Task.Delay(backoff, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string?> ReadToEndAsync(Container container, string? continuation, CancellationToken cancellationToken)
    {
        var start = continuation is null ? ChangeFeedStartFrom.Beginning() : ChangeFeedStartFrom.ContinuationToken(continuation);
        using var feed = container.GetChangeFeedIterator<JsonElement>(start, ChangeFeedMode.LatestVersion, new ChangeFeedRequestOptions { PageSizeHint = 1_000 });
        while (feed.HasMoreResults)
        {
            var page = await feed.ReadNextAsync(cancellationToken);
            continuation = page.ContinuationToken;
            if (page.StatusCode == HttpStatusCode.NotModified) break;

            var videos = page.OfDocumentType<Video>(Video.DocumentType).ToList();
            if (videos.Count > 0) catalogue.Apply(videos);
        }
        return continuation;
    }

    [LoggerMessage(LogLevel.Warning, "The change feed of videos did not answer; the next try is in {Seconds} s")]
    private static partial void FeedFailed(ILogger logger, double seconds, Exception e);
}

using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Feed;

/// <summary>
/// What everyone may be shown when the ranker is silent: the newest public videos by engagement, read once a minute. When Cosmos is silent as well,
/// the list of the last time it was not.
/// </summary>
public sealed partial class PopularVideos(CosmosClient client, TimeProvider time, ILogger<PopularVideos> logger)
{
    private const string Newest = $"""
        SELECT TOP 500 c.videoId, c.userId, c.counters FROM c
        WHERE c.type = '{Video.DocumentType}' AND c.status = 'ready' AND c.visibility = 'public' AND NOT (c.ownerPrivate ?? false) ORDER BY c.publishedAt DESC
        """;

    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(1);

    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Videos);
    private readonly SemaphoreSlim _reading = new(1);
    private Pool? _pool;

    /// <summary>Up to <paramref name="count"/> videos for this person, and which fallback they are: <c>trending</c> or, when they may be old, <c>static</c>.</summary>
    public async Task<FeedPage> TakeAsync(string userId, int count, IReadOnlySet<string> exclude, CancellationToken cancellationToken)
    {
        var pool = await CurrentAsync(cancellationToken);
        var ids = pool.Videos.Where(v => v.UserId != userId && !exclude.Contains(v.VideoId)).Select(v => v.VideoId).Take(count);
        return new FeedPage([.. ids], pool.ReadAt + FreshFor > time.GetUtcNow() ? "trending" : "static");
    }

    private async Task<Pool> CurrentAsync(CancellationToken cancellationToken)
    {
        if (_pool is { } fresh && fresh.ReadAt + FreshFor > time.GetUtcNow()) return fresh;

        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_pool is { } other && other.ReadAt + FreshFor > time.GetUtcNow()) return other;
            return _pool = await ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is CosmosException or HttpRequestException && _pool is not null)
        {
            Stale(logger, e);
            return _pool;
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<Pool> ReadAsync(CancellationToken cancellationToken)
    {
        var videos = await _container.ListAsync<Popular>(new QueryDefinition(Newest), null, null, cancellationToken);
        return new Pool([.. videos.OrderByDescending(v => v.Counters.Views + (4 * v.Counters.Likes))], time.GetUtcNow());
    }

    [LoggerMessage(LogLevel.Warning, "Popular videos could not be read; the list of the last time serves")]
    private static partial void Stale(ILogger logger, Exception e);

    private sealed record Popular(string VideoId, string UserId, VideoCounters Counters);

    private sealed record Pool(IReadOnlyList<Popular> Videos, DateTimeOffset ReadAt);
}

using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Feed;

/// <summary>What everyone may be shown when there is nothing better: the newest public videos by engagement.</summary>
public sealed class PopularVideos
{
    private const string Newest = $"""
        SELECT TOP 500 c.videoId, c.counters FROM c
        WHERE c.type = '{Video.DocumentType}' AND c.status = 'ready' AND c.visibility = 'public' AND NOT (c.ownerPrivate ?? false) ORDER BY c.publishedAt DESC
        """;

    private readonly Container _container;
    private readonly SharedReading<IReadOnlyList<string>> _reading;

    public PopularVideos(CosmosClient client, TimeProvider time, ILogger<PopularVideos> logger)
    {
        _container = client.GetContainer(Containers.Database, Containers.Videos);
        _reading = new SharedReading<IReadOnlyList<string>>("The list of popular videos", ReadAsync, time, logger);
    }

    /// <summary>Their ids, the most popular first.</summary>
    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => _reading.GetAsync(cancellationToken);

    private async Task<IReadOnlyList<string>> ReadAsync(CancellationToken cancellationToken)
    {
        var videos = await _container.ListAsync<Popular>(new QueryDefinition(Newest), null, null, cancellationToken);
        return [.. videos.OrderByDescending(v => v.Counters.Views + (4 * v.Counters.Likes)).Select(v => v.VideoId)];
    }

    private sealed record Popular(string VideoId, VideoCounters Counters);
}

using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>The <c>videos</c> container's video documents. All changes go through <see cref="ChangeAsync"/>, so that every transition sees the state it decides on.</summary>
public sealed class VideoStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Videos);

    /// <summary>The video, or null when there is none (a video marked deleted is returned: the caller decides).</summary>
    public Task<Video?> FindAsync(string videoId, CancellationToken cancellationToken) =>
        _container.FindAsync<Video>(videoId, new PartitionKey(videoId), cancellationToken);

    /// <summary>The videos of <paramref name="videoIds"/> that exist, in that order.</summary>
    public async Task<IReadOnlyList<Video>> FindManyAsync(IReadOnlyCollection<string> videoIds, CancellationToken cancellationToken)
    {
        if (videoIds.Count == 0) return [];
        var keys = videoIds.Select(id => (id, new PartitionKey(id))).ToList();
        var found = await _container.ReadManyItemsAsync<Video>(keys, cancellationToken: cancellationToken);
        var byId = found.ToDictionary(v => v.VideoId);
        return [.. videoIds.Where(byId.ContainsKey).Select(id => byId[id])];
    }

    /// <summary>Creates the video, or returns null when one with this id exists.</summary>
    public async Task<Video?> TryCreateAsync(Video video, CancellationToken cancellationToken)
    {
        try
        {
            return await _container.CreateItemAsync(video, new PartitionKey(video.VideoId), cancellationToken: cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            return null;
        }
    }

    /// <summary>
    /// Applies a transition under optimistic concurrency: reads, asks <paramref name="change"/> for the next state, writes it if nobody wrote meanwhile,
    /// else begins again. <paramref name="change"/> must be free of side effects, and returns null (or its argument) to leave the video as it is.
    /// </summary>
    /// <returns>The video as it is now, changed or not; null when it does not exist.</returns>
    public async Task<Video?> ChangeAsync(string videoId, Func<Video, Video?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var current = await FindAsync(videoId, cancellationToken);
            if (current is null) return null;
            var next = change(current);
            if (next is null || next == current) return current;
            try
            {
                return await _container.ReplaceItemAsync(
                    next, videoId, new PartitionKey(videoId), new ItemRequestOptions { IfMatchEtag = current.ETag }, cancellationToken);
            }
            catch (CosmosException e) when (e.StatusCode is HttpStatusCode.PreconditionFailed)
            {
                // Someone else was first: decide again on what they wrote.
            }
        }
    }

    /// <summary>At most <paramref name="count"/> videos whose documents name the creator, in every partition.</summary>
    /// <param name="areDeleted">Only tombstones, or none; null: both.</param>
    public async Task<IReadOnlyList<Video>> FindOfCreatorAsync(string userId, bool? areDeleted, int count, CancellationToken cancellationToken)
    {
        var filter = areDeleted switch { true => " AND c.status = 'deleted'", false => " AND c.status != 'deleted'", null => "" };
        var query = new QueryDefinition($"SELECT * FROM c WHERE c.type = '{Video.DocumentType}' AND c.userId = @user{filter}").WithParameter("@user", userId);
        return await _container.ListAsync<Video>(query, null, count, cancellationToken);
    }

    /// <summary>
    /// Brings the video's count of comments to what its section says, unless it is as new already: told twice, or in another order, it comes to the same.
    /// </summary>
    public async Task SetCommentsAsync(string videoId, long comments, long version, CancellationToken cancellationToken)
    {
        var unlessAsNew = $"FROM c WHERE c.status != 'deleted' AND (NOT IS_DEFINED(c.counters.commentsVersion) OR c.counters.commentsVersion < {version})";
        try
        {
            await _container.PatchItemAsync<Video>(
                videoId,
                new PartitionKey(videoId),
                [PatchOperation.Set("/counters/comments", comments), PatchOperation.Set("/counters/commentsVersion", version)],
                new PatchItemRequestOptions { FilterPredicate = unlessAsNew, EnableContentResponseOnWrite = false },
                cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed)
        {
            // Deleted, or known already.
        }
    }

    /// <summary>
    /// The ids of videos that nothing has changed for a while although something should: work not handed over, a deletion not finished, processing under way, media
    /// in the wrong container.
    /// </summary>
    /// <param name="idleSince">Last changed before this.</param>
    /// <param name="forgottenSince">Uploads that were begun and not changed since this.</param>
    /// <param name="count">About how many.</param>
    /// <param name="position">Where the last search stopped; null: at the beginning.</param>
    /// <returns>Their ids, and where to go on; null at the end.</returns>
    public async Task<(IReadOnlyList<string> VideoIds, string? Next)> FindUnsettledAsync(
        DateTimeOffset idleSince, DateTimeOffset forgottenSince, int count, string? position, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition(
            """
            SELECT VALUE c.id FROM c WHERE c.type = 'video' AND c._ts < @idle AND (
                c.status = 'processing'
                OR (c.status = 'uploading' AND c._ts < @forgotten)
                OR (c.status = 'deleted' AND NOT IS_DEFINED(c.removedAt))
                OR (c.status = 'ready' AND NOT IS_DEFINED(c.handovers.published))
                OR (c.status IN ('ready', 'failed') AND IS_DEFINED(c.upload.landedAt) AND NOT IS_DEFINED(c.handovers.uploadRemoved)
                    AND (IS_DEFINED(c.transcodedAt) OR IS_DEFINED(c.failure)))
                OR (c.status IN ('ready', 'failed') AND ARRAY_LENGTH(c.renditions) > 0 AND (IS_DEFINED(c.transcodedAt) OR IS_DEFINED(c.failure))
                    AND c.mediaContainer != (c.visibility = 'public' AND NOT (c.ownerPrivate ?? false) ? @public : @private)))
            """)
            .WithParameter("@idle", idleSince.ToUnixTimeSeconds())
            .WithParameter("@forgotten", forgottenSince.ToUnixTimeSeconds())
            .WithParameter("@public", Storage.BlobContainers.Media)
            .WithParameter("@private", Storage.BlobContainers.PrivateMedia);
        using var pages = _container.GetItemQueryIterator<string>(query, position, new QueryRequestOptions { MaxItemCount = count });
        var ids = new List<string>();
        string? next = null;
        while (pages.HasMoreResults && ids.Count < count)
        {
            var page = await pages.ReadNextAsync(cancellationToken);
            ids.AddRange(page);
            next = page.ContinuationToken;
        }
        return (ids, next);
    }

    /// <summary>
    /// Clears the video's partition of what is not the video: counted offsets and shares are deleted; likes are taken back, so that their mirrors follow by the
    /// change feed, and expire soon after.
    /// </summary>
    public async Task RemoveSatellitesAsync(string videoId, CancellationToken cancellationToken)
    {
        const int batchSize = 100;
        const int unlikedTtlSeconds = 5 * 60;
        var partition = new PartitionKey(videoId);
        var query = new QueryDefinition("SELECT c.id, c.type FROM c WHERE c.type IN ('counted', 'share') OR (c.type = 'like' AND c.liked)");
        var options = new QueryRequestOptions { PartitionKey = partition, MaxItemCount = batchSize };
        using var pages = _container.GetItemQueryIterator<Satellite>(query, requestOptions: options);
        while (pages.HasMoreResults)
        {
            var page = await pages.ReadNextAsync(cancellationToken);
            if (page.Count == 0) continue;
            var batch = _container.CreateTransactionalBatch(partition);
            foreach (var satellite in page)
            {
                batch = satellite.Type == Like.DocumentType
                    ? batch.PatchItem(satellite.Id, [PatchOperation.Set("/liked", false), PatchOperation.Set("/ttl", unlikedTtlSeconds)])
                    : batch.DeleteItem(satellite.Id);
            }
            using var answer = await batch.ExecuteAsync(cancellationToken);

            // One that is gone meanwhile fails its batch: the whole removal is repeated, and finds what is left.
            if (!answer.IsSuccessStatusCode) throw new CosmosException(answer.ErrorMessage ?? "The batch was refused.", answer.StatusCode, 0, answer.ActivityId, answer.RequestCharge);
        }
    }

    private sealed record Satellite(string Id, string Type);
}

using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>The <c>videos</c> container's video documents. All changes go through <see cref="ChangeAsync"/>, so that every transition sees the state it decides on.</summary>
public sealed class VideoStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Videos);

    /// <summary>The video, or null when there is none (a video marked deleted is returned: the caller decides).</summary>
    public async Task<Video?> FindAsync(string videoId, CancellationToken cancellationToken)
    {
        try
        {
            return await _container.ReadItemAsync<Video>(videoId, new PartitionKey(videoId), cancellationToken: cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

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
}

using System.Globalization;
using System.Net;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Core.Cosmos;

/// <summary>The <c>userVideos</c> container: creators' videos by time, written by the change feed of <c>videos</c> alone.</summary>
public sealed class UserVideoStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.UserVideos);

    /// <summary>Brings the list in line with <paramref name="video"/> as it is now: listed, or not any more when it is deleted.</summary>
    public async Task ReflectAsync(Video video, CancellationToken cancellationToken)
    {
        if (video.Status == VideoStatus.Deleted)
        {
            await RemoveAsync(video.UserId, video.VideoId, cancellationToken);
            return;
        }

        var row = new UserVideo
        {
            Id = video.VideoId,
            UserId = video.UserId,
            VideoId = video.VideoId,
            SortKey = SortKeyOf(video),
            Status = video.Status,
            Visibility = video.Visibility,
            OwnerPrivate = video.OwnerPrivate,
            CreatedAt = video.CreatedAt,
            PublishedAt = video.PublishedAt,
        };

        // Most changes of a video are counts, which the list does not show: a read is a tenth of a write.
        if (await FindAsync(video.UserId, video.VideoId, cancellationToken) == row) return;
        await _container.UpsertItemAsync(row, new PartitionKey(video.UserId), cancellationToken: cancellationToken);
    }

    public async Task RemoveAsync(string userId, string videoId, CancellationToken cancellationToken)
    {
        try
        {
            await _container.DeleteItemAsync<UserVideo>(videoId, new PartitionKey(userId), cancellationToken: cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            // It is gone already, which is what was wanted.
        }
    }

    /// <summary>A creator's videos, newest first.</summary>
    /// <param name="after">The <see cref="UserVideo.SortKey"/> of the last one seen, or null to begin.</param>
    /// <param name="audience">Leave out what is not for these.</param>
    /// <param name="count">How many at most.</param>
    public async Task<IReadOnlyList<UserVideo>> ListAsync(string userId, string? after, VideoAudience audience, int count, CancellationToken cancellationToken)
    {
        var isFor = audience switch
        {
            VideoAudience.Owner => "true",
            VideoAudience.Followers => "c.status = 'ready' AND c.visibility IN ('public', 'followers')",
            _ => "c.status = 'ready' AND c.visibility = 'public' AND NOT (c.ownerPrivate ?? false)",
        };
        var query = new QueryDefinition(
            $"SELECT * FROM c WHERE (@after = '' OR c.sortKey < @after) AND ({isFor}) ORDER BY c.sortKey DESC OFFSET 0 LIMIT @count")
            .WithParameter("@after", after ?? "")
            .WithParameter("@count", count);
        var options = new QueryRequestOptions { PartitionKey = new PartitionKey(userId), MaxItemCount = count };
        using var pages = _container.GetItemQueryIterator<UserVideo>(query, requestOptions: options);
        var rows = new List<UserVideo>(count);
        while (pages.HasMoreResults && rows.Count < count) rows.AddRange(await pages.ReadNextAsync(cancellationToken));
        return rows;
    }

    private async Task<UserVideo?> FindAsync(string userId, string videoId, CancellationToken cancellationToken)
    {
        try
        {
            return await _container.ReadItemAsync<UserVideo>(videoId, new PartitionKey(userId), cancellationToken: cancellationToken);
        }
        catch (CosmosException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static string SortKeyOf(Video video) => string.Create(CultureInfo.InvariantCulture, $"{video.CreatedAt.UtcTicks:D19}:{video.VideoId}");
}

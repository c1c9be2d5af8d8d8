using System.Globalization;
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

    public Task RemoveAsync(string userId, string videoId, CancellationToken cancellationToken) =>
        _container.RemoveAsync(videoId, new PartitionKey(userId), cancellationToken);

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
        return await _container.ListAsync<UserVideo>(query, new PartitionKey(userId), count, cancellationToken);
    }

    private Task<UserVideo?> FindAsync(string userId, string videoId, CancellationToken cancellationToken) =>
        _container.FindAsync<UserVideo>(videoId, new PartitionKey(userId), cancellationToken);

    private static string SortKeyOf(Video video) => string.Create(CultureInfo.InvariantCulture, $"{video.CreatedAt.UtcTicks:D19}:{video.VideoId}");
}

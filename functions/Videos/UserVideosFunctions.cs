using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Videos;

/// <summary>Keeps the creators' lists of videos.</summary>
public sealed class UserVideosFunctions(VideoStore videos, UserVideoStore userVideos)
{
    /// <remarks>
    /// A batch may come twice, or late: the list is brought in line with the video as it is now, not as it was in the feed. A document is read after the
    /// change that told of it, and the changes of one partition come in order, so that the last writing of a row is of the last state.
    /// </remarks>
    [Function("UserVideosKept")]
    [ExponentialBackoffRetry(-1, "00:00:01", "00:01:00")]
    public async Task KeepAsync(
        [CosmosDBTrigger(
            Containers.Database,
            Containers.Videos,
            Connection = Connections.Cosmos,
            LeaseContainerName = Containers.Leases,
            LeaseContainerPrefix = "userVideos",
            StartFromBeginning = true,
            FeedPollDelay = 1_000)]
        IReadOnlyList<JsonElement> changes,
        CancellationToken cancellationToken)
    {
        var changed = changes
            .Where(d => d.TryGetProperty("type", out var type) && type.ValueEquals(Video.DocumentType))
            .Select(d => d.GetProperty("videoId").GetString()!)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        foreach (var video in await videos.FindManyAsync(changed, cancellationToken)) await userVideos.ReflectAsync(video, cancellationToken);
    }
}

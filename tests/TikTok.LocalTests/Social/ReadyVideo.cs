using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.LocalTests.Social;

/// <summary>Videos that have gone all the way, without the way.</summary>
internal static class ReadyVideo
{
    /// <returns>The id of a public video, as <paramref name="with"/> changes it, with nothing left for the service to do.</returns>
    public static async Task<string> AddAsync(ProductService service, string userId, Func<Video, Video>? with = null)
    {
        var (id, now) = (Id.New(TimeProvider.System), TimeProvider.System.GetUtcNow());
        var video = new Video
        {
            Id = id,
            VideoId = id,
            UserId = userId,
            Username = userId,
            Status = VideoStatus.Ready,
            Upload = new Upload { Filename = "clip.mp4", FileSize = 1, DurationMs = 15_000 },
            CreatedAt = now,
            PublishedAt = now,
            TranscodedAt = now,
            Handovers = new Handovers { Probe = now, Transcode = now, Published = now, UploadRemoved = now },
        };
        await new VideoStore(service.Cosmos).TryCreateAsync(with?.Invoke(video) ?? video, default);
        return id;
    }
}

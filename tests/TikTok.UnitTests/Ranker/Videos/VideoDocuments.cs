using TikTok.Core;
using TikTok.Core.Documents;

namespace TikTok.UnitTests.Ranker.Videos;

internal static class VideoDocuments
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Video New(TimeProvider time, string creator, long views = 0, DateTimeOffset? publishedAt = null)
    {
        var id = Id.New(time);
        return new Video
        {
            Id = id,
            VideoId = id,
            UserId = creator,
            Username = creator,
            Status = VideoStatus.Ready,
            Upload = new Upload { Filename = "a.mp4", FileSize = 1, DurationMs = 10_000 },
            CreatedAt = Start,
            PublishedAt = publishedAt ?? time.GetUtcNow(),
            Counters = new VideoCounters { Views = views },
        };
    }
}

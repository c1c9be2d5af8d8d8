using System.Collections.Concurrent;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Analytics;

/// <summary>What analytics must know of videos, remembered for a while: whose they are and what they are filed under is not taken from clients.</summary>
public sealed class VideoDirectory(VideoStore videos, TimeProvider time)
{
    /// <summary>How long what has changed since may be counted as it was.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(2);

    private const int Capacity = 50_000;

    private readonly ConcurrentDictionary<string, (VideoFacts Facts, DateTimeOffset ReadAt)> _known = new(StringComparer.Ordinal);

    /// <summary>By id; videos that do not exist are absent.</summary>
    public async Task<IReadOnlyDictionary<string, VideoFacts>> FindAsync(IReadOnlyCollection<string> videoIds, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var found = new Dictionary<string, VideoFacts>(StringComparer.Ordinal);
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in videoIds)
        {
            if (_known.TryGetValue(id, out var known) && known.ReadAt + FreshFor > now) found[id] = known.Facts;
            else unknown.Add(id);
        }

        foreach (var video in await videos.FindManyAsync(unknown, cancellationToken))
        {
            if (_known.Count >= Capacity) _known.Clear();
            found[video.VideoId] = VideoFacts.Of(video);
            _known[video.VideoId] = (found[video.VideoId], now);
        }
        return found;
    }
}

/// <param name="UserId">Its creator.</param>
/// <param name="IsListed">Whether it is ready and for everyone.</param>
public sealed record VideoFacts(string UserId, bool IsListed, IReadOnlyList<string> Hashtags, string? SoundId)
{
    public static VideoFacts Of(Video video) => new(video.UserId, video.IsListed, video.Hashtags, video.SoundId);
}

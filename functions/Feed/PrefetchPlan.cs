using TikTok.Core.Documents;

namespace TikTok.Functions.Feed;

/// <summary>What a client may fetch before it is swiped to: the beginning of the next few videos, small enough that a skip wastes little.</summary>
public static class PrefetchPlan
{
    /// <summary>How many videos ahead; people skip forty of a hundred within two seconds, so more is mostly waste.</summary>
    public const int Ahead = 3;

    /// <summary>Three to five seconds of the rendition that starts playback.</summary>
    private const long MaxBytes = 2 * 1024 * 1024;

    /// <param name="upcoming">In the order of the feed; the first is being opened now and needs no hint.</param>
    public static IReadOnlyList<PrefetchHint> For(IReadOnlyList<Video> upcoming) =>
    [
        .. upcoming.Skip(1).Take(Ahead).Where(v => v.Renditions.Count > 0)
            .Select(v => (v.VideoId, Rendition: v.Renditions[Math.Min(1, v.Renditions.Count - 1)]))
            .Select(v => new PrefetchHint(v.VideoId, v.Rendition.Name, Math.Min(v.Rendition.Bytes, MaxBytes))),
    ];
}

/// <param name="Rendition">A key of the video's <c>urls</c>.</param>
/// <param name="Bytes">From the beginning of its file.</param>
public sealed record PrefetchHint(string VideoId, string Rendition, long Bytes);

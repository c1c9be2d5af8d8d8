using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>Videos as callers may see them. What a caller may not see does not exist: deleted, hidden, across a block and never uploaded are one 404.</summary>
public sealed class VisibleVideos(VideoStore videos, RelationStore relations)
{
    /// <exception cref="ProblemException">404: there is no such video for this caller.</exception>
    public async Task<Video> FindAsync(string videoId, Caller caller, CancellationToken cancellationToken)
    {
        var video = Id.IsValid(videoId) ? await videos.FindAsync(videoId, cancellationToken) : null;
        return video is not null && await MaySeeAsync(video, caller, cancellationToken) ? video : throw Problems.NotFound("video");
    }

    public async Task<bool> MaySeeAsync(Video video, Caller caller, CancellationToken cancellationToken) =>
        VideoAccess.MaySee(video, caller, await relations.FindAsync(caller.UserId, video.UserId, cancellationToken));
}

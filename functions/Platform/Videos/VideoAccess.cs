using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>Who may see which video. Followers-only videos are their creator's alone until accounts can follow each other.</summary>
public static class VideoAccess
{
    /// <summary>Anyone signed in may watch it.</summary>
    public static bool IsListed(Video video) => video is { Status: VideoStatus.Ready, Visibility: Visibility.Public };

    /// <summary>Whether this person may see it, in any state but deleted if it is their own or they moderate.</summary>
    public static bool MaySee(Video video, Caller caller) =>
        video.Status != VideoStatus.Deleted && (IsOwner(video, caller) || caller.Role >= Role.Moderator || IsListed(video));

    public static bool IsOwner(Video video, Caller caller) => video.UserId == caller.UserId;
}

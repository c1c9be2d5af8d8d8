using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>Who may see which video. A block hides everything; a private account's videos, and those for followers, are for its followers.</summary>
public static class VideoAccess
{
    /// <summary>Whether this person may see it, in any state but deleted if it is their own or they moderate.</summary>
    /// <param name="relation">The caller's to the creator.</param>
    public static bool MaySee(Video video, Caller caller, Relation relation) =>
        video.Status != VideoStatus.Deleted && (IsOwner(video, caller) || caller.Role >= Role.Moderator || IsShown(video, relation));

    /// <summary>Whether it plays and is for someone who is this to its creator.</summary>
    public static bool IsShown(Video video, Relation relation) => !relation.IsBlocked
        && (video.IsListed || (video is { Status: VideoStatus.Ready, Visibility: not Visibility.Private } && relation.Following));

    public static bool IsOwner(Video video, Caller caller) => video.UserId == caller.UserId;
}

using TikTok.Core.Documents;

namespace TikTok.Ranker.Videos;

/// <summary>Is told what the change feed says of videos, after the row was written and outside of <see cref="VideoTable.Writing"/>.</summary>
/// <remarks>For whoever needs more of a video than its row holds, or must act when it comes, changes or is no longer listed.</remarks>
public interface IVideoListener
{
    /// <summary>Called by the one thread that follows the change feed, in its order; the same state may come more than once.</summary>
    void Changed(int row, Video video);
}

using TikTok.Core.Documents;

namespace TikTok.Functions.Videos.Processing;

/// <summary>What a creator says about a video. Null: as it was.</summary>
public sealed record VideoWords
{
    public string? Title { get; init; }
    public string? Description { get; init; }

    /// <summary>Normalized and distinct.</summary>
    public IReadOnlyList<string>? Hashtags { get; init; }
    public string? SoundId { get; init; }
    public Visibility? Visibility { get; init; }
    public bool? AllowComments { get; init; }
    public bool? AllowDuet { get; init; }
    public bool? AllowStitch { get; init; }

    public Video ApplyTo(Video video) => video with
    {
        Title = Title ?? video.Title,
        Description = Description ?? video.Description,
        Hashtags = Hashtags is null || Hashtags.SequenceEqual(video.Hashtags, StringComparer.Ordinal) ? video.Hashtags : Hashtags,
        SoundId = SoundId ?? video.SoundId,
        Visibility = Visibility ?? video.Visibility,
        AllowComments = AllowComments ?? video.AllowComments,
        AllowDuet = AllowDuet ?? video.AllowDuet,
        AllowStitch = AllowStitch ?? video.AllowStitch,
    };
}

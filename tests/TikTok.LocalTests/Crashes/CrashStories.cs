namespace TikTok.LocalTests.Crashes;

/// <summary>Every story of the matrix.</summary>
internal static class CrashStories
{
    public static IReadOnlyList<CrashStory> All { get; } =
    [
        .. AccountStories.All, .. CommentStories.All, .. GraphStories.All, .. PrivacyStories.All, .. VideoStories.All, .. WatchStories.All,
    ];
}

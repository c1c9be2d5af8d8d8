namespace TikTok.Core.Documents;

/// <summary>Where a video was watched.</summary>
public enum WatchSource { Fyp, Following, Search, Hashtag, Profile, Live }

namespace TikTok.Ranker.People;

/// <summary>
/// What a request knows of the person it is for: copied out of the live state in one moment, so that all stages see the same. Kept and used again by the next
/// request, so that none allocates.
/// </summary>
public sealed class PersonView
{
    /// <summary>How many of the last swipes a request looks at.</summary>
    public const int HistoryCapacity = 64;

    public const int InterestCapacity = 16;

    private readonly HistoryEntry[] _history = new HistoryEntry[HistoryCapacity];
    private readonly long[] _interests = new long[InterestCapacity];
    private int _historyCount;
    private int _interestCount;

    /// <summary>A <see cref="Features.FeatureId"/>.</summary>
    public long User { get; set; }

    /// <summary>The same person as a creator: nobody is recommended their own videos.</summary>
    public long AsCreator { get; set; }

    /// <summary>See <see cref="CountryCode"/>.</summary>
    public ushort Country { get; set; }

    /// <summary>Nobody under 18 is shown what is not for teens. True as well while nothing is known of the person: safe before sure.</summary>
    public bool IsTeen { get; set; }

    /// <summary>Swipes ever, those of the history included.</summary>
    public int Swipes { get; set; }

    /// <summary>Swipes since the last pause of half an hour.</summary>
    public int SessionSwipes { get; set; }

    /// <summary>Newest first.</summary>
    public ReadOnlySpan<HistoryEntry> History => _history.AsSpan(0, _historyCount);

    /// <summary>Hashtags that the person chose when joining.</summary>
    public ReadOnlySpan<long> Interests => _interests.AsSpan(0, _interestCount);

    /// <summary>What the person makes of creators, sounds and hashtags; decayed, in about −1 to 1.</summary>
    public Tastes Creators { get; } = new();

    public Tastes Sounds { get; } = new();

    public Tastes Hashtags { get; } = new();

    /// <summary>Creators followed. Replaced as a whole, never changed.</summary>
    public IReadOnlySet<long> Followed { get; set; } = Empty;

    /// <summary>Creators blocked, muted, or who block the person. Replaced as a whole, never changed.</summary>
    public IReadOnlySet<long> Avoided { get; set; } = Empty;

    /// <summary>Videos seen: exact for the last 1,000, beyond that one in a hundred unseen ones counts as seen.</summary>
    public IWatched Watched { get; set; } = NothingWatched.Instance;

    /// <summary>Whether what is not learned from the log (country, age, relations) is missing or older than it should be.</summary>
    public bool IsStale { get; set; }

    private static IReadOnlySet<long> Empty { get; } = new HashSet<long>();

    public void SetHistory(ReadOnlySpan<HistoryEntry> newestFirst)
    {
        _historyCount = Math.Min(newestFirst.Length, HistoryCapacity);
        newestFirst[.._historyCount].CopyTo(_history);
    }

    public void SetInterests(ReadOnlySpan<long> hashtags)
    {
        _interestCount = Math.Min(hashtags.Length, InterestCapacity);
        hashtags[.._interestCount].CopyTo(_interests);
    }

    /// <summary>As of somebody of whom nothing is known.</summary>
    public void Clear()
    {
        (User, AsCreator, Country, IsTeen, Swipes, SessionSwipes, _historyCount, _interestCount) = (0, 0, 0, true, 0, 0, 0, 0);
        Creators.Clear();
        Sounds.Clear();
        Hashtags.Clear();
        (Followed, Avoided, Watched, IsStale) = (Empty, Empty, NothingWatched.Instance, true);
    }
}

/// <param name="Video">A <see cref="Features.FeatureId"/>.</param>
/// <param name="Ratio">Watched ÷ length, 0 to <see cref="Videos.Swipe.MaxRatio"/>.</param>
/// <param name="At">Unix seconds.</param>
public readonly record struct HistoryEntry(long Video, float Ratio, SwipeSignals Signals, uint At);

/// <summary>What a swipe came to besides the time watched.</summary>
[Flags]
public enum SwipeSignals : byte
{
    None = 0,
    Finished = 1,
    Skipped = 2,
    Liked = 4,
    Shared = 8,
    Commented = 16,

    /// <summary>Followed the creator.</summary>
    Followed = 32,
}

/// <summary>Whether a person has seen a video. Read while the one writer adds to it.</summary>
public interface IWatched
{
    bool Contains(long video);
}

internal sealed class NothingWatched : IWatched
{
    public static readonly NothingWatched Instance = new();

    public bool Contains(long video) => false;
}

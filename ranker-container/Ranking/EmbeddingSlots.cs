using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Ranking;

/// <summary>
/// Which rows of the embedding table make up the model's fields, and with what weight: a field is the weighted sum of its slots' rows. An empty slot has id
/// <see cref="FeatureId.None"/> and weight 0. What serving sums up, training divides its gradient by, slot by slot.
/// </summary>
public static class EmbeddingSlots
{
    /// <summary>The last videos watched well that make up a person's third field.</summary>
    public const int History = 16;

    /// <summary>The hashtags liked best that make up a person's fourth field.</summary>
    public const int Tastes = 8;

    public const int User = 0;
    public const int Country = 1;
    public const int FirstHistory = 2;
    public const int FirstTaste = FirstHistory + History;

    /// <summary>Those of the person; behind them come the video's.</summary>
    public const int OfUser = FirstTaste + Tastes;

    public const int Video = OfUser;
    public const int Creator = OfUser + 1;
    public const int Sound = OfUser + 2;
    public const int FirstHashtag = OfUser + 3;
    public const int OfVideo = 3 + VideoHashtags.Capacity;
    public const int Count = OfUser + OfVideo;

    /// <summary>A video watched counts so much less with each one watched after it.</summary>
    private const float HistoryDecay = 0.95f;

    /// <summary>What a like, a share, a comment or a follow adds to having watched to the end.</summary>
    private const float ActionWorth = 1;

    private const SwipeSignals Actions = SwipeSignals.Liked | SwipeSignals.Shared | SwipeSignals.Commented | SwipeSignals.Followed;

    /// <summary>The field that a slot is part of: the person's, then the video's.</summary>
    public static int FieldOf(int slot) => slot switch
    {
        User => 0,
        Country => 1,
        < FirstTaste => 2,
        < OfUser => 3,
        < FirstHashtag => DlrmShape.UserFields + slot - Video,
        _ => DlrmShape.UserFields + 3,
    };

    /// <param name="ids"><see cref="OfUser"/>.</param>
    /// <param name="weights">As many.</param>
    public static void FillUser(PersonView person, Span<long> ids, Span<float> weights)
    {
        ids.Clear();
        weights.Clear();
        (ids[User], weights[User]) = (person.User, 1);
        (ids[Country], weights[Country]) = (CountryId(person.Country), 1);
        FillHistory(person.History, ids.Slice(FirstHistory, History), weights.Slice(FirstHistory, History));
        FillTastes(person, ids.Slice(FirstTaste, Tastes), weights.Slice(FirstTaste, Tastes));
        for (var slot = 0; slot < OfUser; slot++)
        {
            if (ids[slot] == FeatureId.None) weights[slot] = 0;
        }
    }

    /// <param name="ids"><see cref="OfVideo"/>.</param>
    /// <param name="weights">As many.</param>
    public static void FillVideo(in VideoRow video, Span<long> ids, Span<float> weights)
    {
        (ids[0], ids[1], ids[2]) = (video.Video, video.Creator, video.Sound);
        ((ReadOnlySpan<long>)video.Hashtags).CopyTo(ids[3..]);
        var perHashtag = 1f / Math.Max(1, CountHashtags(video));
        for (var slot = 0; slot < OfVideo; slot++) weights[slot] = ids[slot] == FeatureId.None ? 0 : slot < 3 ? 1 : perHashtag;
    }

    public static int CountHashtags(in VideoRow video)
    {
        var count = 0;
        while (count < VideoHashtags.Capacity && video.Hashtags[count] != FeatureId.None) count++;
        return count;
    }

    private static void FillHistory(ReadOnlySpan<HistoryEntry> newestFirst, Span<long> ids, Span<float> weights)
    {
        var (found, decay) = (0, 1f);
        foreach (ref readonly var entry in newestFirst)
        {
            if (PersonContext.IsWellWatched(entry) && entry.Video != FeatureId.None)
            {
                var worth = Math.Min(Bounded.Positive(entry.Ratio), 1) + ((entry.Signals & Actions) != 0 ? ActionWorth : 0);
                (ids[found], weights[found]) = (entry.Video, Math.Max(worth, 0.01f) * decay);
                if (++found == History) break;
            }
            decay *= HistoryDecay;
        }
        Normalise(weights[..found]);
    }

    /// <summary>The liked hashtags; what was chosen when joining while nothing is liked yet.</summary>
    private static void FillTastes(PersonView person, Span<long> ids, Span<float> weights)
    {
        var found = person.Hashtags.Top(ids, weights);
        if (found == 0)
        {
            found = Math.Min(person.Interests.Length, Tastes);
            person.Interests[..found].CopyTo(ids);
            weights[..found].Fill(1);
        }
        Normalise(weights[..found]);
    }

    private static void Normalise(Span<float> weights)
    {
        var sum = 0f;
        foreach (var weight in weights) sum += weight;
        if (sum > 0) foreach (ref var weight in weights) weight /= sum;
    }

    private static long CountryId(ushort country) => country == 0 ? FeatureId.None : FeatureId.Of(Field.Country, [(byte)(country >> 8), (byte)country]);
}

using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Reranking;

/// <summary>
/// Makes a page of ranked candidates: what may not be shown is out, places are given to the person's own, the popular and the unknown by <see cref="ColdStart"/>,
/// and each place gets the best of its kind that is not too like what came before (greedy maximal marginal relevance, Carbonell and Goldstein 1998), with no more
/// than two videos of a creator in any ten.
/// </summary>
/// <remarks>
/// Where that leaves a place empty, rules give way in the order of <see cref="RelaxedRules"/>; safety and "never a repeat" never do: then the page is shorter.
/// Pure: the same arguments give the same page.
/// </remarks>
public static class Reranker
{
    /// <summary>Places of a page at most.</summary>
    public const int MaxPicks = 100;

    [ThreadStatic]
    private static Page? t_page;

    /// <param name="person">Whom the page is for.</param>
    /// <param name="candidates">With their values.</param>
    /// <param name="videos">Where their rows are.</param>
    /// <param name="options">The rules.</param>
    /// <param name="session">The videos of this session so far, <see cref="Features.FeatureId"/>s, oldest first: none of them comes again, and the last ones count for
    /// the rules as if they were of this page.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="seed">Decides what is left to chance.</param>
    /// <param name="picks">The page, best first; its length is what is wanted, at most <see cref="MaxPicks"/>.</param>
    /// <returns>How many there are.</returns>
    public static int Rerank(
        PersonView person, Candidates candidates, VideoTable videos, RerankingOptions options, ReadOnlySpan<long> session, uint now, long seed, Span<Pick> picks)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(picks.Length, MaxPicks);
        var page = t_page ??= new Page();
        return page.Fill(new PageRequest(person, candidates, videos, options, session, now, seed), picks);
    }

    /// <summary>Why a video would not be shown to a person at all, whatever it is worth.</summary>
    public static Exclusion Judge(PersonView person, in VideoRow video, RerankingOptions options)
    {
        if ((video.Flags & VideoFlags.Listed) == 0) return Exclusion.NotListed;
        if ((video.Flags & VideoFlags.ShadowBanned) != 0 && !person.Followed.Contains(video.Creator)) return Exclusion.ShadowBanned;
        if (person.IsTeen && (video.Flags & VideoFlags.NotForTeens) != 0) return Exclusion.NotForTeens;
        if (person.Avoided.Count > 0 && person.Avoided.Contains(video.Creator)) return Exclusion.Avoided;
        if (video.Creator == person.AsCreator) return Exclusion.Own;
        if (person.Watched.Contains(video.Video)) return Exclusion.Watched;
        return video.Statistics.Impressions >= options.JudgedFrom && video.Statistics.Skips >= options.WorstSkipRate * video.Statistics.Impressions
            ? Exclusion.Skipped
            : Exclusion.None;
    }
}

internal readonly ref struct PageRequest(
    PersonView person, Candidates candidates, VideoTable videos, RerankingOptions options, ReadOnlySpan<long> session, uint now, long seed)
{
    public PersonView Person { get; } = person;

    public Candidates Candidates { get; } = candidates;

    public VideoTable Videos { get; } = videos;

    public RerankingOptions Options { get; } = options;

    public ReadOnlySpan<long> Session { get; } = session;

    public uint Now { get; } = now;

    public long Seed { get; } = seed;
}

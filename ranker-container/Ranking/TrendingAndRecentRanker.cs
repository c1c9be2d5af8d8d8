using TikTok.Core.Ranking;
using TikTok.Ranker.Retrieval;

namespace TikTok.Ranker.Ranking;

/// <summary>
/// The same list for everyone, less what they have seen and what they made: seven trending videos to three recent ones, so that what is new is shown to someone,
/// and no more than <see cref="PerCreator"/> of a creator in any <see cref="Window"/> in a row while there is another choice.
/// </summary>
public sealed class TrendingAndRecentRanker(Catalogue catalogue)
{
    public const string Name = "trending-and-recent";
    public const int Window = 10;
    public const int PerCreator = 2;
    private const int TrendingOfTen = 7;

    public RankResponse Rank(RankRequest request)
    {
        var pools = catalogue.Pools;
        var taken = new HashSet<string>(request.Exclude, StringComparer.Ordinal);
        var trending = new Pool("trending", pools.Trending);
        var recent = new Pool("recent", pools.Recent);
        var items = new List<RankedVideo>(request.Count);
        var creators = new List<string>(request.Count);

        while (items.Count < request.Count)
        {
            var (first, second) = items.Count % 10 < TrendingOfTen ? (trending, recent) : (recent, trending);
            if (Take(first, IsNotCrowded) || Take(second, IsNotCrowded)) continue;

            // Better a creator's third video in ten than an empty page.
            if (!Take(first, _ => true) && !Take(second, _ => true)) break;
        }
        return new RankResponse(items, Name);

        bool Take(Pool pool, Func<Candidate, bool> isWanted)
        {
            var candidate = pool.Candidates.FirstOrDefault(c => c.CreatorId != request.UserId && !taken.Contains(c.VideoId) && isWanted(c));
            if (candidate is null) return false;
            taken.Add(candidate.VideoId);
            creators.Add(candidate.CreatorId);
            items.Add(new RankedVideo(candidate.VideoId, pool.Name, candidate.Trend));
            return true;
        }

        bool IsNotCrowded(Candidate candidate) => creators.TakeLast(Window - 1).Count(c => c == candidate.CreatorId) < PerCreator;
    }

    private sealed record Pool(string Name, IReadOnlyList<Candidate> Candidates);
}

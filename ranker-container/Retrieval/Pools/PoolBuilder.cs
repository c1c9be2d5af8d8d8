using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>Makes <see cref="VideoPools"/> of the videos as they are: one pass over all, three sorts. Keeps its arrays for the next time; one thread.</summary>
internal sealed class PoolBuilder(VideoTable videos, PoolOptions options)
{
    private const int AnybodyDepth = 500;
    private const int AnybodyPerCreator = 2;

    /// <summary>What an impression brings on average while nobody has seen anything: that of <see cref="Engagement.AverageRatio"/>.</summary>
    private const float DefaultSuccess = Engagement.AverageRatio / Swipe.MaxRatio;

    /// <summary>Weighs a score against a trend: enough to order what does not trend, too little to matter where something does.</summary>
    private const float ScoreInTrend = 1e-6f;

    private readonly DescendingOrder _order = new();
    private readonly VideoLists.Builder _creators = new(1);
    private readonly VideoLists.Builder _countries = new(1);
    private readonly VideoLists.Builder _sounds = new(1);
    private readonly VideoLists.Builder _hashtags = new(VideoHashtags.Capacity);
    private int[] _rows = [];
    private float[] _scores = [];
    private float[] _trends = [];
    private uint[] _published = [];
    private int _count;

    /// <param name="now">Unix seconds.</param>
    public VideoPools Build(uint now)
    {
        var success = Gather(now);
        var rows = _rows.AsSpan(0, _count);

        var byScore = _order.Of(_scores.AsSpan(0, _count));
        var (byHashtag, bySound) = (_hashtags.Build(byScore, rows, options.PerHashtag), _sounds.Build(byScore, rows, options.PerSound));

        var byTrend = _order.Of(_trends.AsSpan(0, _count));
        var trending = new List<int>(Math.Min(_count, options.TrendingDepth));
        foreach (var item in byTrend)
        {
            if (trending.Count == options.TrendingDepth) break;
            if (videos[_rows[item]].IsListed) trending.Add(_rows[item]);
        }
        var trendingIn = _countries.Build(byTrend, rows, options.TrendingPerCountry);

        var byAge = _order.Of(_published.AsSpan(0, _count));
        var (unproven, uncertain) = Fresh(byAge, success);
        return new VideoPools
        {
            Trending = [.. trending],
            TrendingIn = trendingIn,
            ByCreator = _creators.Build(byAge, rows, options.PerCreator),
            ByHashtag = byHashtag,
            BySound = bySound,
            Unproven = unproven,
            Uncertain = uncertain,
            ForAnybody = ForAnybody(trending),
        };
    }

    /// <summary>One pass over the table: everything that is sorted or listed by.</summary>
    /// <returns>The mean success of an impression, 0 to 1.</returns>
    private float Gather(uint now)
    {
        var all = videos.Count;
        if (_rows.Length < all)
        {
            var length = all + (all / 4);
            (_rows, _scores, _trends, _published) = (new int[length], new float[length], new float[length], new uint[length]);
        }
        _creators.Clear(all);
        _countries.Clear(all);
        _sounds.Clear(all);
        _hashtags.Clear(all);
        _count = 0;
        var (watched, impressions) = (0d, 0d);
        for (var row = 0; row < all; row++)
        {
            ref readonly var video = ref videos[row];
            if ((video.Flags & VideoFlags.Listed) == 0) continue;
            watched += video.Statistics.WatchRatio;
            impressions += video.Statistics.Impressions;

            // Of a shadow-banned creator's videos only those who follow hear: by creator.
            var isForAll = video.IsListed;
            var score = isForAll ? ScoreOf(video, now) : 0;
            _rows[_count] = row;
            _scores[_count] = score;
            _trends[_count] = isForAll ? VideoTable.TrendOf(video.Statistics, now) + (ScoreInTrend * score) : 0;
            _published[_count] = video.PublishedAt;
            _creators.Add([video.Creator]);
            _countries.Add([isForAll ? video.Country : 0]);
            _sounds.Add([isForAll ? video.Sound : 0]);
            _hashtags.Add(isForAll ? video.Hashtags : default(ReadOnlySpan<long>));
            _count++;
        }
        return impressions > 0 ? (float)Math.Clamp(watched / impressions / Swipe.MaxRatio, 0.01, 0.99) : DefaultSuccess;
    }

    /// <summary>Engagement per impression, drawn to the average while there are few, halving with age.</summary>
    private float ScoreOf(in VideoRow video, uint now)
    {
        var age = now > video.PublishedAt ? now - video.PublishedAt : 0;
        var engagement = (Engagement.Of(video.Statistics) + (options.PriorImpressions * Engagement.AverageRatio)) / (video.Statistics.Impressions + options.PriorImpressions);
        return engagement * float.Exp2(-age / (float)options.ScoreHalfLife.TotalSeconds);
    }

    private (int[] Unproven, Estimate[] Uncertain) Fresh(ReadOnlySpan<int> byAge, float success)
    {
        List<int> unproven = [];
        List<Estimate> uncertain = [];
        foreach (var item in byAge)
        {
            var row = _rows[item];
            ref readonly var video = ref videos[row];
            if (!video.IsListed) continue;
            if (video.Statistics.Impressions < options.GuaranteedImpressions)
            {
                if (unproven.Count < options.FreshDepth) unproven.Add(row);
            }
            else if (video.Statistics.Impressions < options.CertainImpressions && uncertain.Count < options.FreshDepth)
            {
                var estimate = EstimateOf(row, video.Statistics, success);
                if (IsWorthTrying(estimate, success)) uncertain.Add(estimate);
            }
        }
        return ([.. unproven], [.. uncertain]);
    }

    /// <summary>
    /// An impression's success is watched ÷ length, as a share of the most that counts. Sums of such shares take the place of counted successes (Agrawal and Goyal,
    /// COLT 2012, §2), which makes the distribution a little wider than it need be: the mistake is to try a video too often.
    /// </summary>
    private Estimate EstimateOf(int row, in VideoStatistics statistics, float success)
    {
        var successes = Math.Clamp(statistics.WatchRatio / Swipe.MaxRatio, 0, statistics.Impressions);
        return new Estimate(
            row,
            Math.Max(1, (options.PriorImpressions * success) + successes),
            Math.Max(1, (options.PriorImpressions * (1 - success)) + statistics.Impressions - successes));
    }

    private bool IsWorthTrying(Estimate estimate, float success)
    {
        var total = estimate.Alpha + estimate.Beta;
        var mean = estimate.Alpha / total;
        return mean + (options.GiveUpDeviations * MathF.Sqrt(mean * (1 - mean) / (total + 1))) >= success;
    }

    private int[] ForAnybody(List<int> trending)
    {
        List<int> rows = [];
        Dictionary<long, int> creators = [];
        foreach (var row in trending)
        {
            ref readonly var video = ref videos[row];
            if ((video.Flags & VideoFlags.NotForTeens) != 0) continue;
            var ofCreator = creators.GetValueOrDefault(video.Creator);
            if (ofCreator == AnybodyPerCreator) continue;
            creators[video.Creator] = ofCreator + 1;
            rows.Add(row);
            if (rows.Count == AnybodyDepth) break;
        }
        return [.. rows];
    }
}

using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Ranking;

/// <summary>What candidates are ordered by.</summary>
public static class ValueFunction
{
    // A video without views is taken for an average one: as though it had been shown this often, and had been watched and liked as videos are.
    private const float PriorImpressions = 20;
    private const float PriorEngagement = 0.5f * PriorImpressions;

    private const float RecencyBoost = 1;
    private const float RecencyHalfLife = 24 * 60 * 60;
    private const float SimilarityWeight = 0.5f;

    /// <summary>Sets the candidates' values from what the model predicts of them.</summary>
    public static void Apply(Candidates candidates, ValueWeights weights)
    {
        var predictions = candidates.Predictions;
        var values = candidates.Values;
        var (finish, ratio, like, share, comment, follow, skip) =
            (weights.Finish, weights.WatchRatio * Swipe.MaxRatio, weights.Like, weights.Share, weights.Comment, weights.Follow, weights.Skip);
        for (var i = 0; i < values.Length; i++)
        {
            // One candidate's predictions are one after the other; the loads and products of several candidates overlap.
            var p = predictions.Slice(i * Heads.Count, Heads.Count);
            values[i] = (finish * p[(int)Head.Finish]) + (ratio * p[(int)Head.WatchRatio]) + (like * p[(int)Head.Like])
                + ((share * p[(int)Head.Share]) + (comment * p[(int)Head.Comment])) + ((follow * p[(int)Head.Follow]) - (skip * p[(int)Head.Skip]));
        }
    }

    /// <summary>
    /// Sets the candidates' values without a model, when it is late or there is none: how people in general take to the video, doubled for a new one, raised by
    /// how near it is to the person.
    /// </summary>
    /// <param name="candidates">Their similarities count where retrieval has found them.</param>
    /// <param name="videos">Where their rows are.</param>
    /// <param name="now">Unix seconds.</param>
    public static void ApplyHeuristic(Candidates candidates, VideoTable videos, uint now)
    {
        var rows = candidates.Rows;
        var similarities = candidates.Similarities;
        var values = candidates.Values;
        for (var i = 0; i < values.Length; i++)
        {
            ref readonly var video = ref videos[rows[i]];
            ref readonly var s = ref video.Statistics;
            var engagement = (s.WatchRatio + s.Likes + (2 * s.Comments) + (3 * s.Shares) + (4 * s.Follows) - s.Skips + PriorEngagement) / (s.Impressions + PriorImpressions);
            var age = now > video.PublishedAt ? now - video.PublishedAt : 0;
            values[i] = (engagement * (1 + (RecencyBoost * float.Exp2(-age / RecencyHalfLife)))) + (SimilarityWeight * similarities[i]);
        }
    }
}

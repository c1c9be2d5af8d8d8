using TikTok.Ranker.Features;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Reranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Serving;

/// <summary>Ranks for a person as a request would now, and tells what became of one video. For whoever asks why; without a deadline worth the name.</summary>
public sealed class Explainer(RequestBuffersPool pool, RankPipeline pipeline, VideoTable videos, TimeProvider time)
{
    private const int Page = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public async Task<Explanation> ExplainAsync(string userId, string videoId)
    {
        var buffers = pool.Rent();
        try
        {
            buffers.Query.Set(userId, Page, (int)Patience.TotalMilliseconds, [], Random.Shared.NextInt64());
            await pipeline.RunAsync(buffers, RequestDeadline.In(time, Patience));
            return Explain(buffers, videoId);
        }
        finally
        {
            buffers.Release();
        }
    }

    private Explanation Explain(RequestBuffers buffers, string videoId)
    {
        var (candidates, answer) = (buffers.Candidates, buffers.Answer);
        var row = videos.Find(FeatureId.Of(Field.Video, videoId));
        var explanation = new Explanation
        {
            Candidates = candidates.Count,
            Swipes = buffers.Person.Swipes,
            Impressions = row < 0 ? null : (long)videos[row].Statistics.Impressions,
            Degradations = Names(answer.Degradations),
            Exclusion = row < 0 ? "unknown" : Name(Reranker.Judge(buffers.Person, videos[row], buffers.Settings.Reranking)),
        };
        var index = row < 0 ? -1 : candidates.Rows.IndexOf(row);
        if (index < 0) return explanation;

        return explanation with
        {
            Pools = CandidatePoolNames.Of(candidates.Pools[index]),
            Similarity = candidates.Similarities[index],
            ModelVersion = answer.ModelVersion,
            Predictions = answer.ModelVersion == 0 ? null : Predictions(candidates, index),
            Value = candidates.Values[index],
            PlaceByValue = PlaceByValue(candidates, index),
            Page = OnPage(answer.Picks, index),
        };
    }

    private static Dictionary<string, float> Predictions(Candidates candidates, int index)
    {
        var predictions = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (var head in Heads.All) predictions[Name(head)] = candidates.Predictions[(index * Heads.Count) + (int)head];
        return predictions;
    }

    private static int PlaceByValue(Candidates candidates, int index)
    {
        var place = 1;
        foreach (var value in candidates.Values) place += value > candidates.Values[index] ? 1 : 0;
        return place;
    }

    private static PageExplanation? OnPage(ReadOnlySpan<Pick> picks, int index)
    {
        for (var i = 0; i < picks.Length; i++)
        {
            if (picks[i].Candidate == index) return new PageExplanation(i + 1, Name(picks[i].Reason), picks[i].Likeness, picks[i].Relaxed == RelaxedRules.None ? null : picks[i].Relaxed.ToString());
        }
        return null;
    }

    private static List<string> Names(Degradations degradations)
    {
        var names = new List<string>();
        foreach (var name in degradations) names.Add(name);
        return names;
    }

    private static string Name<T>(T value)
        where T : struct, Enum => char.ToLowerInvariant(value.ToString()[0]) + value.ToString()[1..];
}

/// <summary>What becomes of a video in a page of twenty, ranked now: chance is in it, and another page may differ.</summary>
public sealed record Explanation
{
    /// <summary>Candidates that were retrieved.</summary>
    public required int Candidates { get; init; }

    /// <summary>Of the person, as far as they are known here.</summary>
    public required int Swipes { get; init; }

    /// <summary>Of the video; absent when it is unknown.</summary>
    public long? Impressions { get; init; }

    public required IReadOnlyList<string> Degradations { get; init; }

    /// <summary>What keeps the video from being shown to the person at all: <c>none</c>, <c>unknown</c>, or an <see cref="Reranking.Exclusion"/>.</summary>
    public required string Exclusion { get; init; }

    /// <summary>The pools that brought it, joined by <c>+</c>; absent when none did: the rest is then absent too.</summary>
    public string? Pools { get; init; }

    public float? Similarity { get; init; }

    /// <summary>0 when no model ranked.</summary>
    public long? ModelVersion { get; init; }

    /// <summary>Each head's prediction, 0 to 1.</summary>
    public IReadOnlyDictionary<string, float>? Predictions { get; init; }

    public float? Value { get; init; }

    /// <summary>From 1, among all candidates.</summary>
    public int? PlaceByValue { get; init; }

    /// <summary>Where re-ranking put it; absent when it is not on the page.</summary>
    public PageExplanation? Page { get; init; }
}

/// <param name="Place">From 1.</param>
/// <param name="Reason">What the place was for: <c>personal</c>, <c>popular</c>, <c>exploration</c>.</param>
/// <param name="Likeness">To the videos before it, 0 to 1.</param>
/// <param name="Relaxed">Rules that could not be kept; absent when all were.</param>
public sealed record PageExplanation(int Place, string Reason, float Likeness, string? Relaxed);

using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using TikTok.Ranker.People;

namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>Where a person's videos are looked up: serving reads the copies by row number, training what was learned to this moment.</summary>
internal interface IVideoVectorSource
{
    /// <param name="video">A <see cref="Features.FeatureId"/>.</param>
    bool TryGet(long video, Span<float> vector);
}

/// <summary>
/// The person's tower: <c>u = base + Σ w·v ÷ (Σ w)^p</c> over what they watched last (decision 053), without parameters of their own, so that one more swipe is one more
/// vector added. What they chose when joining stands in for what they have not watched yet.
/// </summary>
internal static class PersonTower
{
    /// <summary>Swipes after which what was chosen when joining no longer counts.</summary>
    private const int InterestsUntil = 10;

    /// <summary>Videos watched to their end that the chosen hashtags weigh as much as, before the first swipe.</summary>
    private const float InterestsWorth = 2;

    /// <summary>Swipes after which one counts half.</summary>
    private const float HalfLife = 16;

    /// <summary>Watched to here says nothing for or against a video.</summary>
    private const float IndifferentRatio = 0.25f;

    private const float SkipWorth = -0.25f;
    private const float LikeWorth = 1;
    private const float ShareWorth = 1;
    private const float CommentWorth = 0.5f;
    private const float FollowWorth = 1;
    private const float MostWorth = 2.5f;

    /// <summary>What a swipe says for a video (above 0) or against it.</summary>
    public static float Worth(float ratio, SwipeSignals signals)
    {
        var acts = ((signals & SwipeSignals.Liked) != 0 ? LikeWorth : 0) + ((signals & SwipeSignals.Shared) != 0 ? ShareWorth : 0)
            + ((signals & SwipeSignals.Commented) != 0 ? CommentWorth : 0) + ((signals & SwipeSignals.Followed) != 0 ? FollowWorth : 0);
        if (acts == 0 && (signals & SwipeSignals.Skipped) != 0) return SkipWorth;
        var watched = Math.Clamp((ratio - IndifferentRatio) / (1 - IndifferentRatio), 0, 1);
        return Math.Min(watched + acts, MostWorth);
    }

    /// <returns>Whether there was anything to go by; else the vector is everybody's.</returns>
    [SkipLocalsInit]
    public static bool Pool<TSource>(PersonView person, TowerTable towers, TSource videos, Span<float> vector)
        where TSource : IVideoVectorSource
    {
        Span<float> other = stackalloc float[vector.Length];
        Span<float> sum = stackalloc float[vector.Length - TowerVector.Extra];
        sum.Clear();
        float weights = 0;
        var known = false;
        if (person.Swipes < InterestsUntil && !person.Interests.IsEmpty)
        {
            towers.ComposeInterests(person.Interests, other);
            Add(other, InterestsWorth * (1 - (person.Swipes / (float)InterestsUntil)), sum, ref weights);
            known = true;
        }

        var decay = 1f;
        var fading = float.Exp2(-1 / HalfLife);
        foreach (ref readonly var entry in person.History)
        {
            if (Worth(entry.Ratio, entry.Signals) is var worth and not 0 && videos.TryGet(entry.Video, other))
            {
                Add(other, worth * decay, sum, ref weights);
                known = true;
            }
            decay *= fading;
        }

        towers.ComposeEverybody(vector);
        var learned = TowerVector.Learned(vector);
        TensorPrimitives.MultiplyAdd(sum, MathF.Pow(Math.Max(1, weights), -towers.Options.PoolingPower), learned, learned);
        return known;
    }

    /// <param name="weights">The sum of those above 0.</param>
    private static void Add(ReadOnlySpan<float> video, float weight, Span<float> sum, ref float weights)
    {
        TensorPrimitives.MultiplyAdd(TowerVector.Learned(video), weight, sum, sum);
        weights += Math.Max(0, weight);
    }
}

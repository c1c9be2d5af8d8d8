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

    /// <summary>The history and, before it, what was chosen when joining.</summary>
    private const int MaxWatched = PersonView.HistoryCapacity + 1;

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
        Span<float> vectors = stackalloc float[MaxWatched * vector.Length];
        Span<float> weights = stackalloc float[MaxWatched];
        var count = Gather(person, towers, videos, vectors, weights);
        Sum(vectors, weights[..count], [], 0, towers, vector);
        return count > 0;
    }

    /// <summary>
    /// Up to <see cref="InterestSplit.MaxInterests"/> vectors where one would lie between things that have nothing to do with each other (PinnerSage: Pal and others, KDD 2020), each
    /// pooled from what is alike.
    /// </summary>
    /// <param name="shares">How much of what somebody likes is of each; they add up to 1.</param>
    /// <returns>How many; 0 when there is nothing to go by.</returns>
    [SkipLocalsInit]
    public static int PoolInterests<TSource>(PersonView person, TowerTable towers, TSource videos, Span<float> interests, Span<float> shares)
        where TSource : IVideoVectorSource
    {
        var dimensions = towers.Options.Dimensions;
        Span<float> vectors = stackalloc float[MaxWatched * dimensions];
        Span<float> weights = stackalloc float[MaxWatched];
        Span<int> parts = stackalloc int[MaxWatched];
        var count = Gather(person, towers, videos, vectors, weights);
        if (count == 0) return 0;
        var found = InterestSplit.Split(vectors, dimensions, weights[..count], parts);
        for (var part = 0; part < found; part++)
        {
            shares[part] = Sum(vectors, weights[..count], found == 1 ? [] : parts[..count], part, towers, interests.Slice(part * dimensions, dimensions));
        }
        var total = TensorPrimitives.Sum<float>(shares[..found]);
        if (total > 0) TensorPrimitives.Divide(shares[..found], total, shares[..found]);
        else shares[0] = 1;
        return found;
    }

    /// <summary>The vectors of what somebody watched, newest first, and how much each counts; first what they chose when joining, while it counts.</summary>
    private static int Gather<TSource>(PersonView person, TowerTable towers, TSource videos, Span<float> vectors, Span<float> weights)
        where TSource : IVideoVectorSource
    {
        var dimensions = towers.Options.Dimensions;
        var count = 0;
        if (person.Swipes < InterestsUntil && !person.Interests.IsEmpty)
        {
            towers.ComposeInterests(person.Interests, vectors[..dimensions]);
            weights[count++] = InterestsWorth * (1 - (person.Swipes / (float)InterestsUntil));
        }

        var decay = 1f;
        var fading = float.Exp2(-1 / HalfLife);
        foreach (ref readonly var entry in person.History)
        {
            if (Worth(entry.Ratio, entry.Signals) is var worth and not 0 && videos.TryGet(entry.Video, vectors.Slice(count * dimensions, dimensions)))
                weights[count++] = worth * decay;
            decay *= fading;
        }
        return count;
    }

    /// <summary>The tower's formula over those of one part, or of all where there are no parts.</summary>
    /// <returns>The sum of the weights above 0.</returns>
    private static float Sum(
        ReadOnlySpan<float> vectors, ReadOnlySpan<float> weights, ReadOnlySpan<int> parts, int part, TowerTable towers, Span<float> vector)
    {
        Span<float> sum = stackalloc float[vector.Length - TowerVector.Extra];
        sum.Clear();
        float total = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (!parts.IsEmpty && parts[i] != part) continue;
            TensorPrimitives.MultiplyAdd(vectors.Slice(i * vector.Length, sum.Length), weights[i], sum, sum);
            total += Math.Max(0, weights[i]);
        }
        towers.ComposeEverybody(vector);
        var learned = TowerVector.Learned(vector);
        TensorPrimitives.MultiplyAdd(sum, MathF.Pow(Math.Max(1, total), -towers.Options.PoolingPower), learned, learned);
        return total;
    }
}

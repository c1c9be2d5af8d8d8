using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using TikTok.Ranker.People;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>
/// By how much somebody would make more of a video than others do, by what they made of videos like it: the mean of these outcomes, each weighed by exp(β(cos − 1)) of the angle between
/// the two videos (the kernel regression of Nadaraya and Watson, 1964; the attention of a candidate over the history, as in Zhou and others, <em>Deep Interest Network</em>, KDD 2018, with
/// nothing to learn in it).
/// </summary>
/// <remarks>
/// The tower's one vector says what somebody likes on the whole; this keeps what they like and what they skip apart, however many things that are. An outcome counts by what it is above
/// that of everybody who saw the video, as neighbours' ratings above the item's mean do (Koren, <em>Factorization Meets the Neighborhood</em>, KDD 2008): that everybody
/// watches a short and popular video to its end tells nothing of taste.
/// </remarks>
internal static class PersonAffinity
{
    /// <summary>The history, and before it what was chosen when joining.</summary>
    public const int Capacity = PersonView.HistoryCapacity + PersonView.InterestCapacity;

    /// <summary>β: a video at 60 degrees counts a fiftieth of one at the same place.</summary>
    private const float Sharpness = 8;

    /// <summary>Weight of the indifference that all begins with.</summary>
    private const float Prior = 0.3f;

    /// <summary>A chosen hashtag counts as a video of it that everybody skips and they watched to its end.</summary>
    private const float OfInterest = 0.75f;

    /// <summary>Impressions of an average video that a video's own are added to.</summary>
    private const float UsualPrior = 20;

    /// <summary>Swipes after which one counts half: who turns to other things is followed.</summary>
    private const float HalfLife = 24;

    /// <param name="directions">Room for <see cref="Capacity"/> vectors; they get length 1 in the learned dimensions, and 0 in the others.</param>
    /// <param name="outcomes">What the person made of each beyond what others did, times its weight.</param>
    /// <param name="weights">How much each counts, 0 to 1.</param>
    /// <returns>How many there are.</returns>
    public static int Gather(
        PersonView person, TowerTable towers, VideoTable videos, VideoVectors vectors, Span<float> directions, Span<float> outcomes, Span<float> weights)
    {
        var dimensions = towers.Options.Dimensions;
        var (count, weight) = (0, 1f);
        var fading = float.Exp2(-1 / HalfLife);
        foreach (ref readonly var entry in person.History)
        {
            weight *= fading;
            var direction = directions.Slice(count * dimensions, dimensions);
            if (videos.Find(entry.Video) is not (var row and >= 0) || !vectors.TryGet(row, direction) || !TryTurn(direction)) continue;
            var signal = TasteWeights.OfWatch(entry.Ratio, (entry.Signals & SwipeSignals.Skipped) != 0) + TasteWeights.OfActions(entry.Signals);
            (outcomes[count], weights[count]) = (weight * (Math.Min(signal, 1) - Usual(videos[row].Statistics)), weight);
            count++;
        }
        if (person.Swipes >= PersonView.HistoryCapacity) return count;
        for (var i = 0; i < person.Interests.Length; i++)
        {
            var direction = directions.Slice(count * dimensions, dimensions);
            towers.ComposeInterests(person.Interests.Slice(i, 1), direction);
            if (!TryTurn(direction)) continue;
            (outcomes[count], weights[count]) = (OfInterest, 1);
            count++;
        }
        return count;
    }

    /// <summary>What counts of videos at these cosines.</summary>
    public static Vector512<float> Kernel(Vector512<float> cosines) => Vector512.Exp((cosines - Vector512<float>.One) * Sharpness);

    /// <param name="sum">Of outcomes, by what counts of each.</param>
    /// <param name="near">Of weights, likewise.</param>
    public static float Mean(float sum, float near) => sum / (near + Prior);

    /// <summary>What a look at the video comes to on the mean, without actions, which are rare.</summary>
    private static float Usual(in VideoStatistics statistics)
    {
        var impressions = statistics.Impressions + UsualPrior;
        var ratio = (statistics.WatchRatio + (Engagement.AverageRatio * UsualPrior)) / impressions;
        var skips = (statistics.Skips + (Engagement.AverageSkips * UsualPrior)) / impressions;
        return TasteWeights.OfWatches(ratio, skips);
    }

    private static bool TryTurn(Span<float> vector)
    {
        var learned = TowerVector.Learned(vector);
        var length = TensorPrimitives.Norm<float>(learned);
        vector[learned.Length..].Clear();
        if (length is 0 or float.NaN || float.IsInfinity(length)) return false;
        TensorPrimitives.Divide(learned, length, learned);
        return true;
    }
}

using System.Numerics.Tensors;
using TikTok.Ranker.Features;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>
/// What a video is known by before anybody has watched it: a sparse vector of length 1 over creators, sounds, hashtags, words and lengths, each by its own 64-bit id.
/// Pictures are not among them: the product makes no picture features.
/// </summary>
internal static class ContentFeatures
{
    /// <summary>Features of a video at most.</summary>
    public const int Capacity = 3 + VideoHashtags.Capacity + VideoWords.PerVideo;

    private const float CreatorWeight = 0.7f;
    private const float SoundWeight = 0.5f;
    private const float HashtagWeight = 1;
    private const float WordWeight = 0.35f;
    private const float LengthWeight = 0.2f;

    /// <summary>By doublings of a second: below one, one to two, two to four …</summary>
    private static readonly long[] Lengths = [.. Enumerable.Range(0, 16).Select(doublings => FeatureId.Of(Field.Length, $"{doublings}"))];

    /// <returns>How many there are.</returns>
    public static int Read(in VideoRow video, ReadOnlySpan<long> words, Span<long> ids, Span<float> weights)
    {
        var count = 0;
        Add(video.Creator, CreatorWeight, ids, weights, ref count);
        Add(video.Sound, SoundWeight, ids, weights, ref count);
        Add(Lengths[Math.Min(Lengths.Length - 1, 32 - int.LeadingZeroCount((int)(video.DurationMs / 1_000)))], LengthWeight, ids, weights, ref count);
        foreach (var hashtag in video.Hashtags) Add(hashtag, HashtagWeight, ids, weights, ref count);
        foreach (var word in words) Add(word, WordWeight, ids, weights, ref count);
        Normalise(weights[..count]);
        return count;
    }

    /// <summary>Hashtags that a person chose, as a video would have them that has nothing else.</summary>
    public static void ReadInterests(ReadOnlySpan<long> hashtags, Span<float> weights) => weights.Fill(1 / MathF.Sqrt(hashtags.Length));

    private static void Add(long id, float weight, Span<long> ids, Span<float> weights, ref int count)
    {
        if (id == FeatureId.None) return;
        (ids[count], weights[count]) = (id, weight);
        count++;
    }

    private static void Normalise(Span<float> weights) => TensorPrimitives.Divide(weights, TensorPrimitives.Norm<float>(weights), weights);
}

using System.Runtime.Intrinsics;
using TikTok.Ranker.Features;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Reranking;

/// <summary>
/// The candidates that a page is put together from, side by side in arrays so that each place takes one pass over them: the best by value, the best of the popular
/// and the best of the unknown.
/// </summary>
internal sealed class Shortlist
{
    public const int Capacity = 768;

    // What two videos have in common. Creators count beside the rule of two in ten, so that even two are not next to each other without need.
    private const float SameCreator = 0.3f;
    private const float SameSound = 0.2f;
    private const float SameHashtags = 0.5f;

    private readonly int[] _candidates = new int[Capacity];
    private readonly float[] _values = new float[Capacity];
    private readonly float[] _popular = new float[Capacity];
    private readonly float[] _exploration = new float[Capacity];
    private readonly float[] _likeness = new float[Capacity];
    private readonly long[] _creators = new long[Capacity];
    private readonly long[] _sounds = new long[Capacity];
    private readonly long[] _hashtags = new long[Capacity * VideoHashtags.Capacity];
    private readonly byte[] _hashtagCounts = new byte[Capacity];
    private readonly bool[] _isTaken = new bool[Capacity];
    private int _count;

    public void Clear() => _count = 0;

    /// <param name="candidate">Its index among the candidates.</param>
    /// <param name="video">Its row.</param>
    /// <param name="value">Its value within the range of the best: about 0 to 1.</param>
    /// <param name="popular">The same for a place of the popular; −∞ when it is not of them. So for exploration.</param>
    public void Add(int candidate, in VideoRow video, float value, float popular, float exploration)
    {
        var at = _count++;
        (_candidates[at], _values[at], _popular[at], _exploration[at]) = (candidate, value, popular, exploration);
        (_creators[at], _sounds[at], _likeness[at], _isTaken[at]) = (video.Creator, video.Sound, 0, false);
        ReadOnlySpan<long> hashtags = video.Hashtags;
        hashtags.CopyTo(_hashtags.AsSpan(at * VideoHashtags.Capacity));
        _hashtagCounts[at] = (byte)(hashtags.Length - hashtags.Count(FeatureId.None));
    }

    /// <summary>The best that is left for a place: value against likeness.</summary>
    /// <param name="crowded">Creators who had their share.</param>
    /// <returns>The index here, −1 when nothing is left.</returns>
    public int Best(PickReason reason, float relevance, ReadOnlySpan<long> crowded)
    {
        var values = reason switch { PickReason.Popular => _popular, PickReason.Exploration => _exploration, _ => _values };
        var (best, highest) = (-1, float.NegativeInfinity);
        for (var i = 0; i < _count; i++)
        {
            var score = (relevance * values[i]) - ((1 - relevance) * _likeness[i]);
            if (score > highest && !_isTaken[i] && !crowded.Contains(_creators[i])) (best, highest) = (i, score);
        }
        return best;
    }

    public (int Candidate, float Likeness) Take(int index)
    {
        _isTaken[index] = true;
        return (_candidates[index], _likeness[index]);
    }

    /// <summary>A candidate was taken without being asked for here.</summary>
    public void Drop(int candidate) => _isTaken[_candidates.AsSpan(0, _count).IndexOf(candidate)] = true;

    /// <summary>A video has got the next place: what is like it becomes less wanted, and what was like those before it a little more.</summary>
    public void Follow(in VideoRow video, float decay)
    {
        ReadOnlySpan<long> hashtags = video.Hashtags;
        var count = hashtags.Length - hashtags.Count(FeatureId.None);
        for (var i = 0; i < _count; i++)
        {
            var likeness = (_creators[i] == video.Creator ? SameCreator : 0) + (_sounds[i] == video.Sound && video.Sound != FeatureId.None ? SameSound : 0);
            if (count > 0 && _hashtagCounts[i] > 0)
            {
                var own = Vector256.LoadUnsafe(ref _hashtags[i * VideoHashtags.Capacity]);
                var matches = Vector256<long>.Zero;
                foreach (var hashtag in hashtags)
                {
                    if (hashtag != FeatureId.None) matches |= Vector256.Equals(own, Vector256.Create(hashtag));
                }
                var shared = int.PopCount((int)matches.ExtractMostSignificantBits());
                likeness += SameHashtags * shared / (count + _hashtagCounts[i] - shared);
            }
            _likeness[i] = Math.Max(_likeness[i] * decay, likeness);
        }
    }
}
